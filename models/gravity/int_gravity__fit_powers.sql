-- The sample with the powers 2 and 3 of the pooled fit in two more slots, for the specification
-- error test.
{{ pooled_fit_powers(
    ref('int_gravity__shifted_sample'), ref('est_gravity_fits'), ['study_id', 'spec_id'], 'pair_id', 'year', slots()
) }}
