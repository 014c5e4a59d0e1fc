with potential as (
    select
        study_id,
        spec_id,
        estimator,
        partner_iso3,
        estimator_status,
        interval_covariance,
        scale_kind,
        year,
        actual_usd,
        predicted_log_se,
        critical_value,
        imputed_share,
        exp(predicted_log) * outcome_divisor_usd as predicted_usd,
        actual_usd / (exp(predicted_log) * outcome_divisor_usd) as k_ratio,
        actual_log - predicted_log as k_log_ratio
    from {{ ref('int_gravity__fitted') }}
    where {{ audit_agrees() }}
)

select
    potential.study_id,
    potential.spec_id,
    potential.estimator,
    potential.partner_iso3,
    classes.potential_class,
    potential.estimator_status,
    'median_without_effects' as k_definition,
    potential.interval_covariance,
    potential.scale_kind,
    potential.year,
    potential.actual_usd,
    potential.predicted_usd,
    potential.k_ratio,
    potential.k_log_ratio,
    potential.predicted_log_se as k_log_ratio_se,
    potential.imputed_share,
    potential.k_ratio
    * exp(-potential.critical_value * potential.predicted_log_se) as k_ratio_ci_low,
    potential.k_ratio
    * exp(potential.critical_value * potential.predicted_log_se) as k_ratio_ci_high,
    potential.spec_id = studies.default_spec_id
    and potential.estimator = studies.default_estimator as is_default
from potential
inner join {{ ref('dim_study') }} as studies
    on potential.study_id = studies.study_id
left join {{ ref('dim_potential_class') }} as classes
    on
        (
            classes.k_lower is null
            or potential.k_ratio > classes.k_lower
            or (classes.is_lower_inclusive and potential.k_ratio = classes.k_lower)
        )
        and (
            classes.k_upper is null
            or potential.k_ratio < classes.k_upper
            or (classes.is_upper_inclusive and potential.k_ratio = classes.k_upper)
        )
