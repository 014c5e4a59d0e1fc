-- The figures of every vintage; the older ones of the world stand in an input of their own.
{{ config(materialized='view') }}
{% for name in ['observations', 'world_observations'] -%}
    select
        indicator_code,
        country_code,
        year,
        vintage_date,
        observed_value,
        is_estimate
    from {{ ref('gate_' ~ name) }}
    {% if not loop.last %}union all{% endif %}
{% endfor -%}
