{#- A var that stands in SQL: a whole number within bounds, or the run is refused. Text would be run as SQL. -#}
{% macro whole_number(name, least, most) -%}
    {%- set value = var(name) -%}
    {%- if value is not integer or value < least or value > most -%}
        {{ exceptions.raise_compiler_error(
            'the var ' ~ name ~ ' is ' ~ tojson(value, value | string) ~ ', not a whole number from ' ~ least ~ ' to ' ~ most
            ~ '; correct dbt_project.yml or --vars') }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}


{#- Number of slots for terms. -#}
{% macro max_terms() -%}
    {{ return(whole_number('max_terms', 1, 100)) }}
{%- endmacro %}
