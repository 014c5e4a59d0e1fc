{% macro class_meaning() -%}
    'Actual trade is '
    || coalesce(
        case when is_lower_inclusive then 'at least ' else 'more than ' end
        || {{ bound_text('k_lower') }},
        ''
    )
    || case when k_lower is not null and k_upper is not null then ' and ' else '' end
    || coalesce(
        case when is_upper_inclusive then 'at most ' else 'less than ' end
        || {{ bound_text('k_upper') }},
        ''
    )
    || case when k_lower is null and k_upper is null then 'any share' else '' end
    || ' of what the model predicts.'
{%- endmacro %}
