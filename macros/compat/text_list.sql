{% macro text_list(expression, order_by) -%}
    {{ return(adapter.dispatch('text_list', 'trade_potential')(expression, order_by)) }}
{%- endmacro %}

{% macro default__text_list(expression, order_by) -%}
    string_agg({{ expression }}, ', ' order by {{ order_by }})
{%- endmacro %}
