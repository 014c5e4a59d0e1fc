{#- The columns together name at most one row. -#}
{% test key_is_unique(model, columns) %}

    {%- set key = complaint_key(columns) %}
    select {{ complaint(model, columns | join(', '), key, 'the key is unique') }} as complaint
    from (
        select
            *,
            row_number() over (partition by {{ columns | join(', ') }} order by file_line) as copy_number
        from {{ model }}
    ) as numbered
    where copy_number > 1

{% endtest %}
