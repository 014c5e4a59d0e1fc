-- Who is seen in which two years: the other part of the small side of two-way effects.
{{ overlaps_of_times(
    ref('int_gravity__shifted_sample'), ref('int_gravity__pair_means'),
    ['study_id', 'spec_id'], 'pair_id', 'year'
) }}
