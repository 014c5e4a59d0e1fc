{#-
The key of an input (config.meta.key of its seed) names at most one row. Copies are sought by aggregation, which a database
spills; only they are numbered.
-#}
{% test key_is_unique(model) %}

    {%- set rows = staged_rows() %}
    {%- set columns = input_key(input_name(rows.identifier)) %}
    select {{ complaint(rows, columns | join(', '), joined(columns), 'the key is unique') }}
    from (
        select
            stored.*,
            row_number() over (
                partition by {% for column in columns %}stored.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                order by {{ place_columns(rows) }}
            ) as copy_number
        from {{ rows }} as stored
        inner join (
            select {{ columns | join(', ') }}
            from {{ rows }}
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
    order by {{ complaint_order() }}

{% endtest %}
