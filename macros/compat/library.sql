{#- Such as text joined from columns. dbt reads JSON. -#}
{% macro library(function, arguments) -%}
    {{ return(fromjson(adapter.dispatch('library', 'trade_potential')(function, tojson(arguments))).answer) }}
{%- endmacro %}

{% macro default__library(function, arguments) -%}
    {{ return(adapter.answered(function, arguments)) }}
{%- endmacro %}

{% macro duckdb__library(function, arguments) -%}
    {{ return(run_query('select answered(' ~ sql_text(function) ~ ', ' ~ sql_text(arguments) ~ ') as answer').rows[0][0]) }}
{%- endmacro %}


{% macro as_texts(table) -%}
    {%- set rows = [] -%}
    {%- for row in table -%}
        {%- set texts = {} -%}
        {%- for name in table.column_names -%}
            {%- do texts.update({name: none if row[name] is none else row[name] | string}) -%}
        {%- endfor -%}
        {%- do rows.append(texts) -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}
