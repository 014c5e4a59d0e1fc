{#- None of the columns of an input is empty; numbers are finite. -#}
{% test value_is_present(model, columns) %}

    {%- set rows = staged_rows() %}
    select *
    from (
        {%- for column in columns %}
            select {{ complaint(rows, column, joined([column]), 'the value is present and finite') }}
            from {{ rows }}
            where {{ is_absent(column) }}
            {% if not loop.last %}union all{% endif %}
        {%- endfor %}
    ) as absent
    order by {{ complaint_order() }}

{% endtest %}
