{#- Every row of an input fulfils a condition; where it is null, because a value is missing, nothing is told. -#}
{% test row_keeps_rule(model, column_name, condition, rule) %}

    {%- set rows = staged_rows() %}
    select {{ complaint(rows, column_name, joined([column_name]), rule) }}
    from {{ rows }}
    where not ({{ condition }})
    order by {{ complaint_order() }}

{% endtest %}
