{% macro zero_trade() -%}
    trade is zero
{%- endmacro %}
