-- Fit of every partner-year without effects: exp of it is the median of the predicted trade; its standard
-- error is that of the regression line, sqrt(x' V x). Fixed effects predict nothing here: without the
-- effects their slopes say how a partner changes, not how partners differ (decision 004).
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
    {%- for k in slots(1) %}
        + coalesce(coefficients.b{{ k }} * sample.v{{ k }}, 0)
    {%- endfor %} as predicted_log,
    sqrt(greatest(0, covariances.c_0_0
    {%- for j in slots(1) %}
        + coalesce(2 * covariances.c_0_{{ j }} * sample.v{{ j }}, 0)
    {%- endfor %}
    {%- for i in slots(1) %}
        {%- for j in slots(1) if j >= i %}
            + coalesce({{ '2 * ' if j > i }}covariances.c_{{ i }}_{{ j }} * sample.v{{ i }} * sample.v{{ j }}, 0)
        {%- endfor %}
    {%- endfor %})) as predicted_log_se,
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
