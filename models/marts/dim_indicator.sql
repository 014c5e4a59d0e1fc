with vintages as (
    select
        indicator_code,
        min(vintage_date) as first_vintage_date,
        max(vintage_date) as last_vintage_date,
        count(*) as vintage_count
    from {{ ref('gate_observation_vintages') }}
    group by indicator_code
)

select
    indicators.indicator_code,
    indicators.indicator,
    indicators.indicator_name,
    indicators.unit,
    indicators.direction,
    indicators.vintage_kind,
    indicators.source_id,
    sources.citation as source,
    sources.licence,
    sources.caveat,
    cast(vintages.vintage_count as integer) as vintage_count,
    indicators.value_min,
    indicators.value_max,
    vintages.first_vintage_date,
    vintages.last_vintage_date
from {{ ref('gate_indicators') }} as indicators
inner join {{ ref('gate_sources') }} as sources
    on indicators.source_id = sources.source_id
inner join vintages
    on indicators.indicator_code = vintages.indicator_code
