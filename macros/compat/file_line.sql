{% macro file_line() -%}
    {{ return(adapter.dispatch('file_line', 'trade_potential')()) }}
{%- endmacro %}

{% macro default__file_line() -%}
    {{ line_column() }}
{%- endmacro %}

{% macro duckdb__file_line() -%}
    {#- `--empty` puts a subquery in the place of the seed: no rows, and no rowid. -#}
    {{ 'cast(null as bigint)' if flags.EMPTY else 'rowid + 2' }}
{%- endmacro %}


{% macro line_column() -%}
    {{ return(adapter.dispatch('line_column', 'trade_potential')()) }}
{%- endmacro %}

{% macro default__line_column() -%}
    {{ return('file_line') }}
{%- endmacro %}

{% macro duckdb__line_column() -%}
    {{ return(none) }}
{%- endmacro %}
