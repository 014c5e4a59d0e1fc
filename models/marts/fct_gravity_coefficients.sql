with sizes as (
    select
        study_id,
        spec_id,
        estimator,
        max(case when item = 'estimator' then status end) as estimator_status,
        max(case when name = 'n_obs' then value end) as n_obs,
        max(case when name = 'n_entities' then value end) as n_entities
    from {{ ref('int_gravity__estimates') }}
    where item in ('estimator', 'diagnostic')
    group by study_id, spec_id, estimator
)

select
    coefficients.study_id,
    coefficients.spec_id,
    coefficients.estimator,
    coefficients.covariance,
    coefficients.name as term,
    sizes.estimator_status,
    coefficients.status as term_status,
    coefficients.reason,
    coefficients.correction,
    coefficients.value as coefficient,
    coefficients.std_error as coefficient_se,
    coefficients.statistic,
    coefficients.df,
    coefficients.p_value,
    coefficients.ci_low as coefficient_ci_low,
    coefficients.ci_high as coefficient_ci_high,
    cast(sizes.n_obs as bigint) as n_obs,
    cast(sizes.n_entities as bigint) as n_entities,
    case when coefficients.df is null then 'normal' else 't' end as distribution
from {{ ref('int_gravity__estimates') }} as coefficients
inner join sizes
    on
        coefficients.study_id = sizes.study_id
        and coefficients.spec_id = sizes.spec_id
        and coefficients.estimator = sizes.estimator
where
    coefficients.item = 'coefficient'
    and {{ audit_agrees() }}
