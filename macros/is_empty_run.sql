{#- Whether the run leaves out every row (`--empty`): that there is none is no defect then. -#}
{% macro is_empty_run() -%}
    {{ return(flags.EMPTY) }}
{%- endmacro %}
