{#- The columns together name at most one row; nulls are equal. -#}
{% test rows_are_unique(model, columns) %}

    select
        {{ columns | join(', ') }},
        count(*) as copies
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1

{% endtest %}
