{#- The columns together name at most one row. Copies are sought by aggregation, which a database spills; only they are numbered. -#}
{% test key_is_unique(model, columns) %}

    {%- set key = complaint_key(columns) %}
    select {{ complaint(model, columns | join(', '), key, 'the key is unique') }} as complaint
    from (
        select
            stored.*,
            row_number() over (
                partition by {% for column in columns %}stored.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                order by {{ place_columns(model) }}
            ) as copy_number
        from {{ model }} as stored
        inner join (
            select {{ columns | join(', ') }}
            from {{ model }}
            group by {{ columns | join(', ') }}
            having count(*) > 1
        ) as copied
            on
                {% for column in columns -%}
                    stored.{{ column }} is not distinct from copied.{{ column }}
                    {{ 'and' if not loop.last }}
                {% endfor %}
    ) as numbered
    where copy_number > 1
    order by {{ place_columns(model) }}, complaint

{% endtest %}
