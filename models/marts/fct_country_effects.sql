-- Effects of exporters and importers by year, and what size and income alone would let one expect:
-- least squares of the effects of a year and side on ln GDP per head and ln population. Effects
-- are known up to a constant of the year, which the regression takes up.
{% set of_year -%}
    partition by study_id, spec_id, side, year {{ all_rows('country_iso3') }}
{%- endset -%}
with effects as (
    select
        effects.study_id,
        effects.spec_id,
        effects.side,
        effects.country_iso3,
        effects.year,
        effects.log_effect,
        effects.trade_usd,
        case
            when figures.gdp_per_capita_ppp_intl_usd > 0 and figures.population_persons > 0
                then effects.log_effect
        end as y,
        case
            when figures.gdp_per_capita_ppp_intl_usd > 0 and figures.population_persons > 0
                then ln(figures.gdp_per_capita_ppp_intl_usd)
        end as x1,
        case
            when figures.gdp_per_capita_ppp_intl_usd > 0 and figures.population_persons > 0
                then ln(figures.population_persons)
        end as x2
    from {{ ref('est_structural_effects') }} as effects
    left join {{ ref('fct_country_year') }} as figures
        on
            effects.study_id = figures.study_id
            and effects.country_iso3 = figures.country_iso3
            and effects.year = figures.year
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
        -- empty where figures are missing, and where all economies of a year are of one size
        y_mean
        + (
            (s1y * s22 - s2y * s12) * x1 + (s2y * s11 - s1y * s12) * x2
        ) / nullif(s11 * s22 - s12 * s12, 0) as log_effect_expected
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
