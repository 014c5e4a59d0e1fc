-- Duan's smearing factor leads from the median to the mean: the mean of exp(residual); 1 for PPML.
with smearing as (
    select
        study_id,
        spec_id,
        estimator,
        case
            when max(k_definition) = 'median_without_effects'
                then avg(exp(actual_log - predicted_log))
            else 1.0
        end as smearing_factor
    from {{ ref('int_gravity__fitted') }}
    group by study_id, spec_id, estimator
),

potential as (
    select
        study_id,
        spec_id,
        estimator,
        partner_iso3,
        estimator_status,
        interval_covariance,
        k_definition,
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
    potential.k_definition,
    potential.interval_covariance,
    potential.scale_kind,
    potential.year,
    potential.actual_usd,
    potential.predicted_usd,
    potential.k_ratio,
    potential.k_log_ratio,
    potential.predicted_log_se as k_log_ratio_se,
    potential.imputed_share,
    potential.k_ratio / smearing.smearing_factor as k_mean_ratio,
    potential.k_ratio
    * exp(-potential.critical_value * potential.predicted_log_se) as k_ratio_ci_low,
    potential.k_ratio
    * exp(potential.critical_value * potential.predicted_log_se) as k_ratio_ci_high,
    potential.spec_id = studies.default_spec_id
    and potential.estimator = studies.default_estimator as is_default
from potential
inner join {{ ref('dim_study') }} as studies
    on potential.study_id = studies.study_id
inner join smearing
    on
        potential.study_id = smearing.study_id
        and potential.spec_id = smearing.spec_id
        and potential.estimator = smearing.estimator
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
