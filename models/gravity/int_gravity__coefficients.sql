-- Point estimates of the moment estimators, for their scores.
{{ slot_coefficients(ref('est_gravity')) }}
-- sums over joined rows keep one order
order by estimates.study_id, estimates.spec_id, estimates.estimator
