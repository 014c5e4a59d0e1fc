select
    study_id,
    spec_id,
    test,
    estimator,
    covariance,
    status,
    reason,
    decision,
    significance_level,
    statistic,
    df,
    df_denominator,
    p_value
from {{ ref('est_gravity_tests') }}
