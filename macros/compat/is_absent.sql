{% macro is_absent(column) -%}
    trim(lower(coalesce(cast({{ column }} as varchar), ''))) in ('', 'nan', 'inf', '-inf', 'infinity', '-infinity')
{%- endmacro %}
