{#- The column of an input is empty or one of the values. -#}
{% test value_is_one_of(model, column_name, values) %}

    {%- set rows = staged_rows() %}
    select
        {{ complaint(
            rows, column_name, joined([column_name]), 'the value is one of ' ~ values | join(', ')
        ) }}
    from {{ rows }}
    where
        {{ column_name }} is not null
        and cast({{ column_name }} as varchar) not in (
            {%- for value in values %}{{ sql_text(value | string) }}{{ ', ' if not loop.last }}{% endfor -%}
        )
    order by {{ complaint_order() }}

{% endtest %}
