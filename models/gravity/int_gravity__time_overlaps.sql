-- Who is seen in which two years: the other part of the small side of two-way effects.
{{ time_overlaps(
    ref('int_gravity__shifted_sample'), ref('int_gravity__pair_means'),
    ['study_id', 'spec_id'], 'pair_id', 'year'
) }}
