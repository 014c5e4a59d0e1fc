-- Scores of every row and estimator, a view: transformed regressors times residual, by design slot.
{{ config(materialized='view') }}
{{ row_scores(
    ref('int_gravity__shifted_sample'), ref('int_gravity__pair_means'), ref('int_gravity__grand_means'),
    ref('est_gravity_fits'), ref('est_gravity_weights'),
    ref('est_gravity_time_shifts'), ['study_id', 'spec_id'], 'pair_id', 'year', slots(), true
) }}
