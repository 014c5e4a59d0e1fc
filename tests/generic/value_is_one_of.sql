{#- The column is empty or one of the values. -#}
{% test value_is_one_of(model, column_name, values) %}

    select
        {{ complaint(
            model, column_name, complaint_key([column_name]),
            'the value is one of ' ~ values | join(', ')
        ) }} as complaint
    from {{ model }}
    where
        {{ column_name }} is not null
        and cast({{ column_name }} as varchar) not in (
            {%- for value in values %}'{{ (value | string).replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor -%}
        )
    order by {{ place_columns(model) }}, complaint

{% endtest %}
