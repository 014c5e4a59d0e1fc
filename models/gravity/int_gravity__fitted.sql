-- Fit of every pair-year without effects, as a log or in levels. The exp of a log is predicted
-- trade: the median under the log models, the mean under PPML. The standard error is that of the
-- regression line, sqrt(x' V x).
-- Estimators with pair effects predict nothing here: without the effects their slopes say how a
-- pair changes, not how pairs differ.
{% set design = [] -%}
{% for k in slots(1) %}{% do design.append('sample.v' ~ k) %}{% endfor -%}
{% for k in slots(1) -%}
    {% do design.append('(means.m' ~ k ~ ' + origins.o' ~ k ~ ')') %}
{%- endfor -%}
select
    sample.study_id,
    sample.spec_id,
    fits.estimator,
    sample.pair_id,
    sample.reporter_iso3,
    sample.partner_iso3,
    fits.status as estimator_status,
    covariances.covariance as interval_covariance,
    case
        when estimators.link = 'log' or sample.outcome_transform = 'none'
            then 'mean_without_effects'
        else 'median_without_effects'
    end as k_definition,
    sample.scale_kind,
    sample.year,
    sample.actual_usd,
    sample.outcome_divisor_usd,
    fits.b0
    + {{ slot_sum('fits.b{k} * sample.v{k}', slots(1)) }}
    + {{ slot_sum('fits.g{k} * (means.m{k} + origins.o{k})', slots(1)) }}
        as predicted_outcome,
    sqrt(greatest(0, {{ quadratic_form('covariances', design) }})) as predicted_outcome_se,
    covariances.critical_value,
    sample.imputed_share,
    estimators.link = 'log' or sample.outcome_transform = 'ln' as is_log_fit
from {{ ref('int_gravity__ppml_sample') }} as sample
inner join {{ ref('est_gravity_fits') }} as fits
    on
        sample.study_id = fits.study_id
        and sample.spec_id = fits.spec_id
inner join {{ ref('int_gravity__estimators') }} as estimators
    on
        fits.estimator = estimators.estimator
        and estimators.predicts
        and (sample.v0 is not null or estimators.link = 'log')
inner join {{ ref('est_gravity_covariances') }} as covariances
    on
        fits.study_id = covariances.study_id
        and fits.spec_id = covariances.spec_id
        and fits.estimator = covariances.estimator
        and covariances.is_of_intervals
left join {{ ref('int_gravity__pair_means') }} as means
    on
        sample.study_id = means.study_id
        and sample.spec_id = means.spec_id
        and sample.pair_id = means.pair_id
left join {{ ref('int_gravity__origins') }} as origins
    on
        sample.study_id = origins.study_id
        and sample.spec_id = origins.spec_id
