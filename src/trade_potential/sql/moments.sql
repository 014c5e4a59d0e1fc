{#-
Sufficient statistics of a table in two passes, and sums over slots, as plain SQL that runs where the rows are.

These macros use no dbt context: dbt renders them in models, trade_potential.sql.render for tables
outside dbt. `slots` are the numeric columns, named v0, v1, ...
-#}

{#-
First pass: number of rows, their mass (here their number: rows have no weights) and mean of every slot
by key.
-#}
{% macro slot_means(relation, keys, slots) -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {% for k in slots %}sum(v{{ k }}) / count(*) as m{{ k }},
        {% endfor -%}
        count(*) as row_count,
        cast(count(*) as double precision) as mass
    from {{ relation }}
    group by {{ keys | join(', ') }}
{%- endmacro %}


{#-
First pass where ranges are wanted too: origin o, the lowest value, mean m of the shifted rows, standard
deviation s and highest value hi.
-#}
{% macro slot_statistics(relation, keys, slots) -%}
    with origins as (
        {{ slot_origins(relation, keys, slots) }}
    )

    select
        {% for key in keys %}rows_.{{ key }},
        {% endfor -%}
        {% for k in slots %}min(rows_.v{{ k }}) as o{{ k }},
        avg(rows_.v{{ k }} - origins.o{{ k }}) as m{{ k }},
        stddev_samp(rows_.v{{ k }} - origins.o{{ k }}) as s{{ k }},
        max(rows_.v{{ k }}) as hi{{ k }},
        {% endfor -%}
        count(*) as row_count
    from {{ relation }} as rows_
    inner join origins
        on
            {% for key in keys %}rows_.{{ key }} = origins.{{ key }}
            {{ 'and ' if not loop.last }}{% endfor -%}
    group by
        {% for key in keys %}rows_.{{ key }}{{ ',
        ' if not loop.last }}{% endfor %}
{%- endmacro %}


{#- Second pass: centred cross-products c_i_j = sum (v_i - m_i)(v_j - m_j), i <= j, by key. -#}
{#- A join with the means rather than total minus between, which leaves rounding dirt in constants. -#}
{% macro centred_products(relation, means, keys, slots) -%}
    select
        {% for key in keys %}rows_.{{ key }},
        {% endfor -%}
        {% for i in slots %}{% for j in slots if j >= i %}sum((rows_.v{{ i }} - means_.m{{ i }}) * (rows_.v{{ j }} - means_.m{{ j }})) as c_{{ i }}_{{ j }},
        {% endfor %}{% endfor -%}
        count(*) as row_count
    from {{ relation }} as rows_
    inner join {{ means }} as means_
        on
            {% for key in keys %}rows_.{{ key }} = means_.{{ key }}
            {{ 'and ' if not loop.last }}{% endfor -%}
    group by
        {% for key in keys %}rows_.{{ key }}{{ ',
        ' if not loop.last }}{% endfor %}
{%- endmacro %}


{#- Sum the products of all groups of a coarser key: the second level of the two-level sum. -#}
{% macro summed_products(relation, keys, slots) -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {% for i in slots %}{% for j in slots if j >= i %}sum(c_{{ i }}_{{ j }}) as c_{{ i }}_{{ j }},
        {% endfor %}{% endfor -%}
        sum(row_count) as row_count
    from {{ relation }}
    group by {{ keys | join(', ') }}
{%- endmacro %}


{#-
Columns as rows, in one pass: a list of cells crossed with the table, of which each picks its column.
One branch of a union per column would read the table, or compute the subquery, as often as there are
columns. `cells` are (column, label, ..), one label for each of `labels`; null values are left out.
-#}
{% macro columns_as_rows(relation, keys, labels, cells) -%}
    select
        {% for name in keys + labels %}{{ name }},
        {% endfor -%}
        moment_value
    from (
        select
            {% for key in keys %}source_.{{ key }},
            {% endfor -%}
            {% for label in labels %}cells.{{ label }},
            {% endfor -%}
            case cells.cell
                {%- for cell in cells %}
                when {{ loop.index }} then source_.{{ cell[0] }}
                {%- endfor %}
            end as moment_value
        from (
            values
            {%- for cell in cells %}
            ({{ loop.index }}, {{ cell[1:] | join(', ') }}){{ ',' if not loop.last }}
            {%- endfor %}
        ) as cells (cell, {{ labels | join(', ') }})
        cross join {{ relation }} as source_
    ) as unpivoted
    where moment_value is not null
{%- endmacro %}


{#- Products as rows: one per key and pair of slots; slots that a key does not use are left out. -#}
{% macro products_as_rows(relation, keys, slots) -%}
    {% set cells = [] -%}
    {% for i in slots %}{% for j in slots if j >= i %}{% set _ = cells.append(('c_' ~ i ~ '_' ~ j, i, j)) %}{% endfor %}{% endfor -%}
    {{ columns_as_rows(relation, keys, ['row_slot', 'col_slot'], cells) }}
{%- endmacro %}


{#- Means m0, m1, .., or another letter, as rows: one per key and slot. -#}
{% macro means_as_rows(relation, keys, slots, letter='m') -%}
    {% set cells = [] -%}
    {% for k in slots %}{% set _ = cells.append((letter ~ k, k)) %}{% endfor -%}
    {{ columns_as_rows(relation, keys, ['row_slot'], cells) }}
{%- endmacro %}
