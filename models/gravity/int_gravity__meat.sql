-- Meat of the covariance clustered by pair: sum over pairs of products of scores, by design slot.
{{ clustered_meats(
    ref('int_gravity__pair_means'), ref('int_gravity__pair_products'), ref('int_gravity__grand_means'),
    ref('est_gravity_fits'), ref('est_gravity_weights'), ref('int_gravity__twoway_scores'),
    ['study_id', 'spec_id'], 'pair_id', slots()
) }}
