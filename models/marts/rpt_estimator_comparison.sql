-- One row per pair and year: the same trade against the benchmark of each estimator.
{% set estimators = ['pooled', 'between', 'random', 'mundlak', 'ppml'] -%}
select
    study_id,
    spec_id,
    reporter_iso3,
    partner_iso3,
    {% for estimator in estimators -%}
        max(case when estimator = '{{ estimator }}' then potential_class end)
            as {{ estimator }}_class,
    {% endfor -%}
    max(trade_source) as trade_source,
    year,
    max(actual_usd) as actual_usd,
    {% for estimator in estimators -%}
        max(case when estimator = '{{ estimator }}' then k_ratio end) as {{ estimator }}_k_ratio,
    {% endfor -%}
    {% for estimator in estimators -%}
        max(case when estimator = '{{ estimator }}' then k_mean_ratio end)
            as {{ estimator }}_k_mean_ratio,
    {% endfor -%}
    cast(count(*) as integer) as estimator_count,
    cast(count(distinct potential_class) as integer) as class_count
from {{ ref('fct_trade_potential') }}
group by study_id, spec_id, reporter_iso3, partner_iso3, year
