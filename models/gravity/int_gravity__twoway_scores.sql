-- Scores of every pair under two-way effects, by design slot: of the other estimators they
-- follow from the moments of the pair.
{{ twoway_scores_by_pair(
    ref('int_gravity__scores'), ['study_id', 'spec_id'], 'pair_id', design_slots()
) }}
