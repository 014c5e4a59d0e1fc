{{ slot_means(ref('int_gravity__sample'), ['study_id', 'spec_id', 'partner_iso3'], slots()) }}
order by study_id, spec_id, partner_iso3   -- sums over pairs keep one order
