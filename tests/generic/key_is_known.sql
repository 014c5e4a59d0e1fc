{#- The column is empty or a key of another table. -#}
{% test key_is_known(model, column_name, to, field) %}

    select
        {{ complaint(
            model, column_name, complaint_key([column_name]),
            'the value is a ' ~ field ~ ' of ' ~ seed_file(to)
        ) }} as complaint
    from {{ model }} as child
    where
        {{ column_name }} is not null
        and not exists (
            select 1 from {{ to }} as parent where parent.{{ field }} = child.{{ column_name }}
        )
    order by {{ place_columns(model) }}, complaint

{% endtest %}
