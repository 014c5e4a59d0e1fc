-- All that the estimators see.
{{ panel_moments(
    ref('int_gravity__origins'), ref('int_gravity__pair_means'), ref('int_gravity__pair_products'),
    ref('int_gravity__grand_means'), ['study_id', 'spec_id'], slots(),
    ref('int_gravity__time_sums'), ref('int_gravity__time_overlaps'), 'year'
) }}
