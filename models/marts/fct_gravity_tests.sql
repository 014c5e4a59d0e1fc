select
    study_id,
    spec_id,
    name as test,
    estimator,
    covariance,
    status,
    reason,
    col_name as decision,
    value as significance_level,
    statistic,
    cast(df as integer) as df,
    cast(df_denominator as integer) as df_denominator,
    p_value
from {{ ref('int_gravity__estimates') }}
where
    item = 'test'
    and {{ audit_agrees() }}
