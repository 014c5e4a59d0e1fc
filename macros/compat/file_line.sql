{#- Line of the seed file a row came from (header is line 1). Only DuckDB keeps the order of the file. -#}
{% macro file_line() -%}
    {{ return(adapter.dispatch('file_line', 'trade_potential')()) }}
{%- endmacro %}

{% macro default__file_line() -%}
    cast(null as bigint)
{%- endmacro %}

{% macro duckdb__file_line() -%}
    rowid + 2
{%- endmacro %}
