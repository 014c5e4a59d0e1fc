-- Coefficients with both kinds of standard errors, from the two steps that compute them.
select
    study_id,
    spec_id,
    estimator,
    covariance,
    item,
    name,
    col_name,
    status,
    nullif(reason, '') as reason,
    value,
    std_error,
    statistic,
    df,
    p_value,
    ci_low,
    ci_high
from {{ ref('est_gravity') }}
where item in ('coefficient', 'covariance', 'critical_value')
union all
select
    study_id,
    spec_id,
    estimator,
    covariance,
    item,
    name,
    col_name,
    status,
    nullif(reason, '') as reason,
    value,
    std_error,
    statistic,
    df,
    p_value,
    ci_low,
    ci_high
from {{ ref('est_gravity_covariance') }}
where item in ('coefficient', 'covariance', 'critical_value')
