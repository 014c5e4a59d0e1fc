{% macro in_dialect(sql) -%}
    {{ return(adapter.dispatch('in_dialect', 'trade_potential')(sql)) }}
{%- endmacro %}

{% macro default__in_dialect(sql) -%}
    {{ return(adapter.translated(sql)) }}
{%- endmacro %}

{% macro duckdb__in_dialect(sql) -%}
    {{ return(sql) }}
{%- endmacro %}
