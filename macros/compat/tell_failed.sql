{#- Only on DuckDB: elsewhere the age of the current release tells (releases status --max-age-hours). -#}
{% macro tell_failed(folder, message) -%}
    {{ return(adapter.dispatch('tell_failed', 'trade_potential')(folder, message)) }}
{%- endmacro %}

{% macro default__tell_failed(folder, message) -%}
    {{ return('') }}
{%- endmacro %}

{% macro duckdb__tell_failed(folder, message) -%}
    {{ return(run_query(
        'select tell_failed(' ~ sql_text(folder) ~ ', ' ~ sql_text(invocation_id) ~ ', ' ~ sql_text(message) ~ ') as told'
    ).rows[0][0]) }}
{%- endmacro %}
