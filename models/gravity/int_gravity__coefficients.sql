-- Point estimates of the moment estimators, for their scores.
{{ slot_coefficients(ref('est_gravity')) }}
