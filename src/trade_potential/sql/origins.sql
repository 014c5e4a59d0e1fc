{#- Tables shifted by one of their values before sums are taken, as plain SQL; rendered as moments.sql is. -#}

{#-
What columns are shifted by before anything is summed: their lowest value by key. Sums of values far from
zero lose the digits in which the values differ, while differences of them are exact.
-#}
{% macro slot_origins(relation, keys, slots) -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {% for k in slots %}min(v{{ k }}) as o{{ k }},
        {% endfor -%}
        count(*) as row_count
    from {{ relation }}
    group by {{ keys | join(', ') }}
{%- endmacro %}


{#- A table with its slots shifted by their origins; `labels` are columns that are kept. -#}
{% macro shifted_rows(relation, origins, keys, slots, labels=[]) -%}
    select
        {% for name in keys + labels %}rows_.{{ name }},
        {% endfor -%}
        {% for k in slots %}rows_.v{{ k }} - origins.o{{ k }} as v{{ k }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ relation }} as rows_
    inner join {{ origins }} as origins
        on
            {% for key in keys %}rows_.{{ key }} = origins.{{ key }}
            {{ 'and ' if not loop.last }}{% endfor %}
{%- endmacro %}
