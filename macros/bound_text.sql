{#- A number as text, 0.8 and not 0.80 or 8e-1: engines write floating-point numbers differently. -#}
{% macro bound_text(value) -%}
    trim(trailing '.' from trim(trailing '0' from cast(cast({{ value }} as decimal(38, 12)) as varchar)))
{%- endmacro %}
