{#- The column of an input is empty or a key of another one. -#}
{% test key_is_known(model, column_name, to, field) %}

    {%- set rows = staged_rows() %}
    select
        {{ complaint(
            rows, column_name, joined([column_name]),
            'the value is a ' ~ field ~ ' of ' ~ input_label(input_name(to.identifier))
        ) }}
    from {{ rows }} as child
    where
        {{ column_name }} is not null
        and not exists (
            select 1 from {{ to }} as parent where parent.{{ field }} = child.{{ column_name }}
        )
    order by {{ complaint_order() }}

{% endtest %}
