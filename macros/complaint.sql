{#- file_line is the row of a Parquet file; a table has none. report_failures has the columns joined to a sentence. -#}
{% macro complaint(rows, column, value, rule) -%}
    {%- set name = input_name(rows.identifier) -%}
    {{ 'file_name' if has_many_files(name) else sql_text(input_label(name)) ~ ' as file_name' }},
    file_line,
    {{ joined(input_key(name)) }} as row_key,
    '{{ column }}' as column_name,
    {{ value }} as value,
    {{ sql_text(rule) }} as rule
{%- endmacro %}


{% macro complaint_of(rule, value, key='null', column='null', file='null', line='null') -%}
    cast({{ file }} as varchar) as file_name,
    cast({{ line }} as bigint) as file_line,
    cast({{ key }} as varchar) as row_key,
    cast({{ column }} as varchar) as column_name,
    {{ value }} as value,
    {{ rule }} as rule
{%- endmacro %}


{% macro place_columns(rows) -%}
    {{ 'file_name, ' if has_many_files(input_name(rows.identifier)) }}file_line
{%- endmacro %}


{% macro complaint_order() -%}
    file_name, file_line, row_key, column_name, value, rule
{%- endmacro %}


{% macro joined(columns) -%}
    {%- for column in columns -%}
        coalesce(cast({{ column }} as varchar), ''){{ " || ', ' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{% macro gate_failures(severity) -%}
    select
        file as file_name,
        column_name,
        rule,
        suite,
        severity,
        observed,
        new_count as failing_count,
        failing_rows
    from {{ ref('gate_results') }}
    where severity = '{{ severity }}' and not passed and (new_count > 0 or acknowledged_count = 0)
{%- endmacro %}
