-- Products within each pair: the only other pass over the rows; everything later reads pairs.
{{ centred_products(
    ref('int_gravity__sample'), ref('int_gravity__pair_means'),
    ['study_id', 'spec_id', 'partner_iso3'], slots()
) }}
order by study_id, spec_id, partner_iso3   -- sums over pairs keep one order
