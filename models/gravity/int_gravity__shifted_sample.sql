-- The sample, shifted so that sums of it keep its digits.
{{ shifted_panel(
    ref('int_gravity__sample'), ref('int_gravity__origins'), ['study_id', 'spec_id'], 'pair_id', 'year', slots()
) }}
