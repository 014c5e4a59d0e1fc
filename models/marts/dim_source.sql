{%- set inputs = [
    'countries', 'country_pairs', 'trade_flows', 'oil_prices', 'ecommerce_volumes',
    'ecommerce_measures', 'total_trade',
    'total_trade_press', 'exchange_rates', 'trade_agreements', 'trade_notes', 'world_trade',
    'world_pairs', 'agreement_spells',
] -%}
{%- set of_indicators = ['observations', 'world_observations'] -%}

with figures as (
    {% for name in inputs -%}
        select
            source_id,
            '{{ name }}' as input_name,
            count(*) as figure_count
        from {{ ref('gate_' ~ name) }}
        group by source_id
        union all
    {% endfor -%}
    {% for name in of_indicators -%}
        select
            indicators.source_id,
            '{{ name }}' as input_name,
            count(*) as figure_count
        from {{ ref('gate_' ~ name) }} as observed
        inner join {{ ref('gate_indicators') }} as indicators
            on observed.indicator_code = indicators.indicator_code
        group by indicators.source_id
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

used as (
    select
        source_id,
        {{ text_list('input_name', 'input_name') }} as inputs,
        sum(figure_count) as figure_count
    from figures
    group by source_id
)

select
    sources.source_id,
    sources.dataset as title,
    sources.publisher,
    sources.url,
    sources.licence,
    sources.citation,
    sources.vintage,
    sources.retrieved,
    sources.caveat,
    used.inputs,
    cast(coalesce(used.figure_count, 0) as integer) as figure_count
from {{ ref('gate_sources') }} as sources
left join used
    on sources.source_id = used.source_id
