-- Scores summed by year, and their products summed over rows: what covariances other than by
-- pair need.
{{ scores_by_time(ref('int_gravity__scores'), ['study_id', 'spec_id'], 'year', design_slots()) }}
