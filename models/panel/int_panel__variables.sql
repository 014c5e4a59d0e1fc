-- Values of the variables a specification names, derived from indicators and pair figures.
with named as (
    select
        named.study_id,
        named.spec_kind,
        named.spec_id,
        named.variable,
        variables.variable_kind,
        variables.derivation,
        variables.indicator_code,
        variables.benchmark,
        variables.pair_figure,
        variables.divisor,
        variables.base_year
    from {{ ref('int_panel__spec_variables') }} as named
    inner join {{ ref('stg_study__variables') }} as variables
        on named.variable = variables.variable
),

country_values as (
    select
        named.study_id,
        named.spec_kind,
        named.spec_id,
        named.variable,
        named.derivation,
        named.divisor,
        panel.indicator_code,
        panel.country_iso3,
        panel.value_method,
        panel.year,
        panel.indicator_value,
        panel.is_imputed,
        {{ scale_indicator('named.derivation') }} as scale_indicator_code,
        case named.derivation
            when 'rebased' then named.base_year
            when 'previous_year' then panel.year - 1
        end as base_year
    from named
    inner join {{ ref('int_panel__values') }} as panel
        on
            named.study_id = panel.study_id
            and named.spec_kind = panel.spec_kind
            and named.spec_id = panel.spec_id
            and named.indicator_code = panel.indicator_code
    where named.variable_kind = 'country'
),

country_variables as (
    select
        panel.study_id,
        panel.spec_kind,
        panel.spec_id,
        panel.variable,
        cast(null as varchar) as reporter_iso3,
        panel.country_iso3,
        panel.year,
        case panel.derivation
            when 'level' then panel.indicator_value
            when 'published' then case when not panel.is_imputed then panel.indicator_value end
            when 'count' then panel.indicator_value * scale.indicator_value
            when 'per_head' then panel.indicator_value / nullif(scale.indicator_value, 0)
            when 'per_gdp' then panel.indicator_value / nullif(scale.indicator_value, 0)
            when 'rebased' then 100 * panel.indicator_value / base.indicator_value
            when 'previous_year' then 100 * panel.indicator_value / base.indicator_value
        end / panel.divisor as variable_value,
        case
            when panel.is_imputed then panel.value_method
            when scale.is_imputed then scale.value_method
            when base.is_imputed then base.value_method
        end as fill_method,
        panel.is_imputed
        or coalesce(scale.is_imputed, false)
        or coalesce(base.is_imputed, false) as is_imputed
    from country_values as panel
    left join {{ ref('int_panel__values') }} as scale
        on
            panel.study_id = scale.study_id
            and panel.spec_kind = scale.spec_kind
            and panel.spec_id = scale.spec_id
            and panel.scale_indicator_code = scale.indicator_code
            and panel.country_iso3 = scale.country_iso3
            and panel.year = scale.year
    left join {{ ref('int_panel__values') }} as base
        on
            panel.study_id = base.study_id
            and panel.spec_kind = base.spec_kind
            and panel.spec_id = base.spec_id
            and panel.indicator_code = base.indicator_code
            and panel.country_iso3 = base.country_iso3
            and panel.base_year = base.year
),

-- Figures of pairs: country_pairs goes with the reports of a country, world_pairs has the pairs of
-- BACI, also for series of one's own, and does not say who has no coast, the last of the figures.
figures as (
    select
        {% for figure in pair_figures() -%}
            {{ figure }},
        {% endfor -%}
        reporter_code,
        partner_code,
        'national' as trade_source
    from {{ ref('gate_country_pairs') }}
    union all
    select
        {% for figure in pair_figures() if figure != 'is_partner_landlocked' -%}
            {{ figure }},
        {% endfor -%}
        cast(null as boolean) as is_partner_landlocked,
        origin_code as reporter_code,
        destination_code as partner_code,
        'baci' as trade_source
    from {{ ref('gate_world_pairs') }}
),

-- The pair under its codes of today; a source may know a country by an older one.
pairs as (
    select
        figures.trade_source,
        {% for figure in pair_figures() -%}
            figures.{{ figure }},
        {% endfor -%}
        reporters.country_iso3 as reporter_iso3,
        partners.country_iso3 as partner_iso3
    from figures
    inner join {{ ref('int_panel__country_codes') }} as reporters
        on figures.reporter_code = reporters.source_code
    inner join {{ ref('int_panel__country_codes') }} as partners
        on figures.partner_code = partners.source_code
    where reporters.country_iso3 is not null and partners.country_iso3 is not null
),

pair_variables as (
    select
        named.study_id,
        named.spec_kind,
        named.spec_id,
        named.variable,
        candidates.reporter_iso3,
        candidates.partner_iso3 as country_iso3,
        candidates.year,
        cast(null as varchar) as fill_method,
        false as is_imputed,
        {{ pair_figure('pairs', 'named.pair_figure') }}
        * case named.derivation when 'times_oil' then oil.price_usd_per_barrel else 1 end
        / named.divisor as variable_value
    from named
    inner join {{ ref('int_panel__pair_years') }} as candidates
        on named.study_id = candidates.study_id
    inner join pairs
        on
            case candidates.trade_source when 'national' then 'national' else 'baci' end
            = pairs.trade_source
            and candidates.reporter_iso3 = pairs.reporter_iso3
            and candidates.partner_iso3 = pairs.partner_iso3
    left join {{ ref('gate_oil_prices') }} as oil
        on
            named.benchmark = oil.benchmark
            and candidates.year = oil.year
    where named.variable_kind = 'pair'
),

year_variables as (
    select
        named.study_id,
        named.spec_kind,
        named.spec_id,
        named.variable,
        cast(null as varchar) as reporter_iso3,
        candidates.country_iso3,
        candidates.year,
        cast(null as varchar) as fill_method,
        false as is_imputed,
        case when candidates.year = named.base_year then 1.0 else 0.0 end as variable_value
    from named
    inner join {{ ref('int_panel__country_years') }} as candidates
        on
            named.study_id = candidates.study_id
            and candidates.country_iso3 is not null
    where named.variable_kind = 'year'
)

{% for source in ['country_variables', 'pair_variables', 'year_variables'] -%}
    select
        study_id,
        spec_kind,
        spec_id,
        variable,
        reporter_iso3,
        country_iso3,
        fill_method,
        year,
        variable_value,
        is_imputed
    from {{ source }}
    where variable_value is not null
    {% if not loop.last %}union all{% endif %}
{% endfor -%}
