{#- One sentence that names file and line (row of Parquet, key of a table), column, value and rule of a refused row. -#}
{% macro complaint(model, column, value, rule) -%}
    {%- set name = model.identifier.split('__')[1] -%}
    {%- set kind = input_source(name).kind -%}
    {%- if kind == 'parquet' -%}
        file_name || ', row ' || cast(file_line as varchar)
    {%- elif kind == 'table' -%}
        {{ sql_text(input_label(name) ~ ', key ') }} || {{ complaint_key(input_key(name)) }}
    {%- else -%}
        '{{ seed_file(model) }}, line ' || coalesce(cast(file_line as varchar), '?')
    {%- endif %}
    || ', column {{ column }}: "' || {{ value }} || '" (rule: {{ rule.replace("'", "''") }})'
{%- endmacro %}


{#- Columns of staging that put refused rows in the order of their places: of many, every run prints the same ones. -#}
{% macro place_columns(model) -%}
    {{ 'file_name, ' if input_source(model.identifier.split('__')[1]).kind == 'parquet' }}file_line
{%- endmacro %}


{#- The values of some columns as one text. -#}
{% macro complaint_key(columns) -%}
    {%- for column in columns -%}
        coalesce(cast({{ column }} as varchar), ''){{ " || ', ' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
