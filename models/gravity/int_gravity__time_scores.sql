-- Scores summed by year, and their products summed over rows: what covariances other than by
-- pair need.
{{ time_scores(ref('int_gravity__scores'), ['study_id', 'spec_id'], 'year', design_slots()) }}
