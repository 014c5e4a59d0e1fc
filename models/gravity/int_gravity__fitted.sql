-- Fit of every partner-year without effects: exp of it is the median of the predicted trade; its
-- standard error is that of the regression line, sqrt(x' V x). Fixed effects predict nothing here:
-- without the effects their slopes say how a partner changes, not how partners differ.
select
    sample.study_id,
    sample.spec_id,
    coefficients.estimator,
    sample.partner_iso3,
    coefficients.estimator_status,
    covariances.covariance as interval_covariance,
    sample.scale_kind,
    sample.year,
    sample.actual_usd,
    specifications.outcome_divisor_usd,
    sample.v0 as actual_log,
    coefficients.b0
    + {{ slot_sum('coefficients.b{k} * sample.v{k}', slots(1)) }} as predicted_log,
    sqrt(greatest(0, {{ quadratic_form('covariances', 'sample', slots(1)) }})) as predicted_log_se,
    covariances.critical_value,
    sample.imputed_share
from {{ ref('int_gravity__sample') }} as sample
inner join {{ ref('int_gravity__coefficients') }} as coefficients
    on
        sample.study_id = coefficients.study_id
        and sample.spec_id = coefficients.spec_id
        and coefficients.estimator <> 'within'
inner join {{ ref('int_gravity__covariances') }} as covariances
    on
        coefficients.study_id = covariances.study_id
        and coefficients.spec_id = covariances.spec_id
        and coefficients.estimator = covariances.estimator
inner join {{ ref('stg_study__gravity_specifications') }} as specifications
    on sample.spec_id = specifications.spec_id
