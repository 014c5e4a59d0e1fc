{% macro is_empty_run() -%}
    {{ return(flags.EMPTY) }}
{%- endmacro %}
