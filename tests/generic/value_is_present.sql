{#- None of the columns is empty; numbers are finite. -#}
{% test value_is_present(model, columns) %}

    select complaint
    from (
        {%- for column in columns %}
            select
                {{ place_columns(model) }},
                {{ complaint(model, column, complaint_key([column]), 'the value is present and finite') }} as complaint
            from {{ model }}
            where {{ is_absent(column) }}
            {% if not loop.last %}union all{% endif %}
        {%- endfor %}
    ) as absent
    order by {{ place_columns(model) }}, complaint

{% endtest %}
