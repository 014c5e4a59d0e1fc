{#-
What a test tells of a refused row, as columns: file_name, file_line (row of Parquet; a table has none), row_key, column_name,
value, rule. report_failures has them joined to a sentence.
-#}
{% macro complaint(rows, column, value, rule) -%}
    {%- set name = input_name(rows.identifier) -%}
    {{ 'file_name' if has_many_files(name) else sql_text(input_label(name)) ~ ' as file_name' }},
    file_line,
    {{ joined(input_key(name)) }} as row_key,
    '{{ column }}' as column_name,
    {{ value }} as value,
    {{ sql_text(rule) }} as rule
{%- endmacro %}


{#- The same of what is no row of an input; expressions are SQL. -#}
{% macro complaint_of(rule, value, key='null', column='null', file='null', line='null') -%}
    cast({{ file }} as varchar) as file_name,
    cast({{ line }} as bigint) as file_line,
    cast({{ key }} as varchar) as row_key,
    cast({{ column }} as varchar) as column_name,
    {{ value }} as value,
    {{ rule }} as rule
{%- endmacro %}


{#- Columns of staging that tell the place of a row. -#}
{% macro place_columns(rows) -%}
    {{ 'file_name, ' if has_many_files(input_name(rows.identifier)) }}file_line
{%- endmacro %}


{#- Puts refused rows in the order of their places: of many, every run prints the same ones. -#}
{% macro complaint_order() -%}
    file_name, file_line, row_key, column_name, value, rule
{%- endmacro %}


{#- The values of some columns as one text. -#}
{% macro joined(columns) -%}
    {%- for column in columns -%}
        coalesce(cast({{ column }} as varchar), ''){{ " || ', ' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- Failed expectations of a severity with rows that nobody has acknowledged; failing_rows holds the columns of each. -#}
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
