{#- How the reason begins for which a row without trade is lost to logarithms; PPML keeps it. -#}
{% macro zero_trade() -%}
    trade is zero
{%- endmacro %}
