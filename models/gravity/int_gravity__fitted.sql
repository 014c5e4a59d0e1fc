-- Fit of every pair-year without effects, as a log or in levels. The exp of a log is predicted
-- trade: the median under the log models, the mean under PPML. The standard error is that of the
-- regression line, sqrt(x' V x).
-- Estimators with pair effects predict nothing here: without the effects their slopes say how a
-- pair changes, not how pairs differ. Nor does one that sees pairs only, where years have effects.
{% set design = design_slots() -%}
with rows_in as (
    select
        sample.study_id,
        sample.spec_id,
        sample.pair_id,
        sample.reporter_iso3,
        sample.partner_iso3,
        sample.scale_kind,
        sample.outcome_transform,
        sample.year,
        sample.actual_usd,
        sample.outcome_divisor_usd,
        sample.v0,
        {% for k in slots(1) -%}
            coalesce(sample.v{{ k }}, 0) as x{{ k }},
        {% endfor -%}
        -- behind the regressors their means
        {% for k in slots(1) -%}
            coalesce(means.m{{ k }} + origins.o{{ k }}, 0) as x{{ max_terms() + k }},
        {% endfor -%}
        sample.imputed_share,
        sample.is_unreported
    from {{ ref('int_gravity__ppml_sample') }} as sample
    left join {{ ref('int_gravity__pair_means') }} as means
        on
            sample.study_id = means.study_id
            and sample.spec_id = means.spec_id
            and sample.pair_id = means.pair_id
    left join {{ ref('int_gravity__origins') }} as origins
        on
            sample.study_id = origins.study_id
            and sample.spec_id = origins.spec_id
),

with_year_effects as (
    select distinct terms.spec_id
    from {{ ref('stg_study__gravity_terms') }} as terms
    inner join {{ ref('stg_study__variables') }} as variables
        on terms.variable = variables.variable
    where variables.variable_kind = 'year'
),

covariances as (
    select
        study_id,
        spec_id,
        estimator,
        covariance,
        c_0_0,
        {% for i in design %}{% for j in design if j >= i and j > 0 -%}
            coalesce(c_{{ i }}_{{ j }}, 0) as c_{{ i }}_{{ j }},
        {% endfor %}{% endfor -%}
        critical_value
    from {{ ref('est_gravity_covariances') }}
    where is_of_intervals
)

select
    rows_in.study_id,
    rows_in.spec_id,
    fits.estimator,
    rows_in.pair_id,
    rows_in.reporter_iso3,
    rows_in.partner_iso3,
    fits.status as estimator_status,
    covariances.covariance as interval_covariance,
    case
        when estimators.link = 'log' or rows_in.outcome_transform = 'none'
            then 'mean_without_effects'
        else 'median_without_effects'
    end as k_definition,
    rows_in.scale_kind,
    rows_in.year,
    rows_in.actual_usd,
    rows_in.outcome_divisor_usd,
    fits.b0
    + {{ slot_sum('fits.b{k} * rows_in.x{k}', slots(1)) }}
    + (
        {%- for k in slots(1) %}
            coalesce(fits.g{{ k }} * rows_in.x{{ max_terms() + k }}, 0)
            {{- ' +' if not loop.last }}
        {%- endfor %}
    ) as predicted_outcome,
    sqrt(greatest(0, {{ quadratic_form('covariances', 'rows_in.x', 2 * max_terms()) }}))
        as predicted_outcome_se,
    covariances.critical_value,
    rows_in.imputed_share,
    rows_in.is_unreported,
    estimators.link = 'log' or rows_in.outcome_transform = 'ln' as is_log_fit
from rows_in
inner join {{ ref('est_gravity_fits') }} as fits
    on
        rows_in.study_id = fits.study_id
        and rows_in.spec_id = fits.spec_id
inner join {{ ref('int_gravity__estimators') }} as estimators
    on
        fits.estimator = estimators.estimator
        and estimators.predicts
        and (rows_in.v0 is not null or estimators.link = 'log')
inner join covariances
    on
        fits.study_id = covariances.study_id
        and fits.spec_id = covariances.spec_id
        and fits.estimator = covariances.estimator
left join with_year_effects
    on rows_in.spec_id = with_year_effects.spec_id
where estimators.unit = 'row' or with_year_effects.spec_id is null
