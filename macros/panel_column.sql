{% macro panel_column(indicator_code, column) -%}
    max(case when indicator_code = '{{ indicator_code }}' then indicator_value end) as {{ column }},
    max(case when indicator_code = '{{ indicator_code }}' and is_imputed then value_method end) as {{ column }}_fill_method,
    coalesce(bool_or(case when indicator_code = '{{ indicator_code }}' then is_imputed end), false) as {{ column }}_is_imputed
{%- endmacro %}
