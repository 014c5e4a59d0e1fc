-- The small side of two-way effects: what moves with the year after pair means are taken out.
{{ deviations_by_time(
    ref('int_gravity__shifted_sample'), ref('int_gravity__pair_means'),
    ['study_id', 'spec_id'], 'pair_id', 'year', slots()
) }}
