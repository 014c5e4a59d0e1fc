{#- Engines write floating-point numbers differently. -#}
{% macro bound_text(value) -%}
    trim(trailing '.' from trim(trailing '0' from cast(cast({{ value }} as decimal(38, 12)) as varchar)))
{%- endmacro %}
