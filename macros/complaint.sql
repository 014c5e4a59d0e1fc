{#- One sentence that names file, line, column, value and rule of a refused row. -#}
{% macro complaint(model, column, value, rule) -%}
    '{{ seed_file(model) }}, line ' || coalesce(cast(file_line as varchar), '?')
    || ', column {{ column }}: "' || {{ value }} || '" (rule: {{ rule.replace("'", "''") }})'
{%- endmacro %}


{#- The values of some columns as one text. -#}
{% macro complaint_key(columns) -%}
    {%- for column in columns -%}
        coalesce(cast({{ column }} as varchar), ''){{ " || ', ' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
