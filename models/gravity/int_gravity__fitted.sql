-- Fit of every partner-year without effects: exp of it is the median of the predicted trade.
-- An estimator that lost a term to the effects predicts nothing.
select
    sample.study_id,
    sample.spec_id,
    coefficients.estimator,
    sample.partner_iso3,
    coefficients.estimator_status,
    sample.scale_kind,
    sample.year,
    sample.actual_usd,
    specifications.outcome_divisor_usd,
    sample.v0 as actual_log,
    coefficients.b0
    {%- for k in slots(1) %}
        + coalesce(coefficients.b{{ k }} * sample.v{{ k }}, 0)
    {%- endfor %} as predicted_log,
    sample.imputed_share
from {{ ref('int_gravity__sample') }} as sample
inner join {{ ref('int_gravity__coefficients') }} as coefficients
    on
        sample.study_id = coefficients.study_id
        and sample.spec_id = coefficients.spec_id
inner join {{ ref('stg_study__gravity_specifications') }} as specifications
    on sample.spec_id = specifications.spec_id
where coefficients.estimated_term_count = coefficients.term_count
