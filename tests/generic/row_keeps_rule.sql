{#- Every row fulfils a condition; where the condition is null, because a value is missing, nothing is told. -#}
{% test row_keeps_rule(model, column_name, condition, rule) %}

    select {{ complaint(model, column_name, complaint_key([column_name]), rule) }} as complaint
    from {{ model }}
    where not ({{ condition }})
    order by {{ place_columns(model) }}, complaint

{% endtest %}
