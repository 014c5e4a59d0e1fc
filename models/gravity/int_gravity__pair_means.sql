{{ slot_means(ref('int_gravity__sample'), ['study_id', 'spec_id', 'partner_iso3'], slots()) }}
