-- Effects of exporters and importers by year, and what size and income alone would let one expect:
-- least squares of the effects of a year and side on ln GDP per head and ln population. Effects
-- are known up to a constant of the year, which the regression takes up.
{% set of_year -%}
    partition by study_id, spec_id, side, year {{ all_rows('country_iso3') }}
{%- endset -%}
with sizes as (
    select
        study_id,
        country_iso3,
        year,
        ln(gdp_per_capita_ppp_intl_usd) as income_log,
        ln(population_persons) as population_log
    from {{ ref('fct_country_year') }}
    where gdp_per_capita_ppp_intl_usd > 0 and population_persons > 0
),

effects as (
    select
        effects.study_id,
        effects.spec_id,
        effects.side,
        effects.country_iso3,
        effects.year,
        effects.log_effect,
        effects.trade_usd,
        sizes.income_log as x1,
        sizes.population_log as x2,
        case when sizes.income_log is not null then effects.log_effect end as y
    from {{ ref('est_structural_effects') }} as effects
    left join sizes
        on
            effects.study_id = sizes.study_id
            and effects.country_iso3 = sizes.country_iso3
            and effects.year = sizes.year
),

centred as (
    select
        study_id,
        spec_id,
        side,
        country_iso3,
        year,
        log_effect,
        trade_usd,
        avg(y) over ({{ of_year }}) as y_mean,
        y - avg(y) over ({{ of_year }}) as y,
        x1 - avg(x1) over ({{ of_year }}) as x1,
        x2 - avg(x2) over ({{ of_year }}) as x2
    from effects
),

products as (
    select
        study_id,
        spec_id,
        side,
        country_iso3,
        year,
        log_effect,
        trade_usd,
        y_mean,
        x1,
        x2,
        sum(x1 * x1) over ({{ of_year }}) as s11,
        sum(x1 * x2) over ({{ of_year }}) as s12,
        sum(x2 * x2) over ({{ of_year }}) as s22,
        sum(x1 * y) over ({{ of_year }}) as s1y,
        sum(x2 * y) over ({{ of_year }}) as s2y
    from centred
),

expected as (
    select
        study_id,
        spec_id,
        side,
        country_iso3,
        year,
        log_effect,
        trade_usd,
        -- empty where figures are missing, and where size does not tell income from population
        case
            when s11 * s22 - s12 * s12 > 1e-12 * s11 * s22
                then
                    y_mean
                    + (
                        (s1y * s22 - s2y * s12) * x1 + (s2y * s11 - s1y * s12) * x2
                    ) / (s11 * s22 - s12 * s12)
        end as log_effect_expected
    from products
)

select
    study_id,
    spec_id,
    side,
    country_iso3,
    year,
    trade_usd,
    log_effect,
    log_effect_expected,
    exp(log_effect - log_effect_expected) as beyond_size_ratio
from expected
