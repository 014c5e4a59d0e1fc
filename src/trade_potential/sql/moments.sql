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


{#- Grand means over rows from the means of pairs: the second level of the two-level sum. -#}
{% macro grand_means(pair_means, keys, slots) -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {% for k in slots %}sum(m{{ k }} * mass) / sum(mass) as m{{ k }},
        {% endfor -%}
        sum(row_count) as row_count,
        count(*) as pair_count
    from {{ pair_means }}
    group by {{ keys | join(', ') }}
{%- endmacro %}


{#-
Moments of a panel as rows (columns: keys, moment, group_size, time_key, other_time_key, row_slot,
col_slot, moment_value):
origins of the slots, grand means of the shifted rows, products within pairs, and by group size (rows a pair has) the number of pairs, their
mean masses and the sums and products of their centred means, each pair counting with the mean mass of
its rows (1 without weights). Group sizes stay apart because random effects weigh by them. With
time_sums and time_overlaps also their rows, for two-way effects; `time` is a column of integers.
-#}
{% macro panel_moments(origins, pair_means, pair_products, grand, keys, slots, time_sums=none, time_overlaps=none, time='year') -%}
    with within_sums as (
        {{ summed_products(pair_products, keys, slots) }}
    ),

    between_sums as (
        select
            {% for key in keys %}pairs.{{ key }},
            {% endfor -%}
            pairs.row_count as group_size,
            {% for i in slots %}sum(pairs.mass / pairs.row_count * (pairs.m{{ i }} - grand.m{{ i }})) as m{{ i }},
            {% endfor -%}
            {% for i in slots %}{% for j in slots if j >= i %}sum(pairs.mass / pairs.row_count * (pairs.m{{ i }} - grand.m{{ i }}) * (pairs.m{{ j }} - grand.m{{ j }})) as c_{{ i }}_{{ j }},
            {% endfor %}{% endfor -%}
            sum(pairs.mass / pairs.row_count) as pair_mass,
            count(*) as pair_count
        from {{ pair_means }} as pairs
        inner join {{ grand }} as grand
            on
                {% for key in keys %}pairs.{{ key }} = grand.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor -%}
        group by
            {% for key in keys %}pairs.{{ key }},
            {% endfor -%}
            pairs.row_count
    ),

    origin_rows as ({{ means_as_rows(origins, keys, slots, 'o') }}),

    mean_rows as ({{ means_as_rows(grand, keys, slots) }}),

    within_rows as ({{ products_as_rows('within_sums', keys, slots) }}),

    between_sum_rows as ({{ means_as_rows('between_sums', keys + ['group_size'], slots) }}),

    {% if time_sums -%}
    time_rows as ({{ means_as_rows(time_sums, keys + [time], slots) }}),

    {% endif -%}
    between_rows as ({{ products_as_rows('between_sums', keys + ['group_size'], slots) }})

    {% set no_size = 'cast(null as bigint)' -%}
    {% set no_row = 'cast(null as integer)' -%}
    {% set none_of = {'group_size': no_size, 'time_key': no_size, 'other_time_key': no_size, 'row_slot': no_row, 'col_slot': no_row} -%}
    {% set parts = [
        ('origin', 'origin_rows', 'moment_value', {'row_slot': 'row_slot'}),
        ('mean', 'mean_rows', 'moment_value', {'row_slot': 'row_slot'}),
        ('within', 'within_rows', 'moment_value', {'row_slot': 'row_slot', 'col_slot': 'col_slot'}),
        ('pair_count', 'between_sums', 'pair_count', {'group_size': 'group_size'}),
        ('pair_mass', 'between_sums', 'pair_mass', {'group_size': 'group_size'}),
        ('between_sum', 'between_sum_rows', 'moment_value', {'group_size': 'group_size', 'row_slot': 'row_slot'}),
        ('between', 'between_rows', 'moment_value', {'group_size': 'group_size', 'row_slot': 'row_slot', 'col_slot': 'col_slot'}),
    ] -%}
    {% if time_sums %}{% set parts = parts + [
        ('time_mass', time_sums, 'mass', {'time_key': time}),
        ('time_sum', 'time_rows', 'moment_value', {'time_key': time, 'row_slot': 'row_slot'}),
        ('time_overlap', time_overlaps, 'overlap', {'time_key': time, 'other_time_key': 'other_' ~ time}),
    ] %}{% endif -%}
    {% for name, source, value, columns in parts -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        '{{ name }}' as moment,
        {% for column, absent in none_of.items() %}{{ columns.get(column, absent) }} as {{ column }},
        {% endfor -%}
        cast({{ value }} as double precision) as moment_value
    from {{ source }}
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
{%- endmacro %}


{#-
The small side of two-way effects. By time: number of rows, their mass and the sums of deviations from
the means of the pair.
-#}
{% macro time_sums(relation, pair_means, keys, pair, time, slots) -%}
    select
        {% for key in keys + [time] %}rows_.{{ key }},
        {% endfor -%}
        {% for k in slots %}sum(rows_.v{{ k }} - means_.m{{ k }}) as m{{ k }},
        {% endfor -%}
        count(*) as row_count,
        cast(count(*) as double precision) as mass
    from {{ relation }} as rows_
    inner join {{ pair_means }} as means_
        on
            {% for key in keys + [pair] %}rows_.{{ key }} = means_.{{ key }}
            {{ 'and ' if not loop.last }}{% endfor -%}
    group by
        {% for key in keys + [time] %}rows_.{{ key }}{{ ',
        ' if not loop.last }}{% endfor %}
{%- endmacro %}


{#- By two times: sum over the pairs that have rows in both of the product of masses / mass of the pair. -#}
{% macro time_overlaps(relation, pair_means, keys, pair, time) -%}
    select
        {% for key in keys + [time] %}rows_.{{ key }},
        {% endfor -%}
        others.{{ time }} as other_{{ time }},
        sum(1.0 / means_.mass) as overlap
    from {{ relation }} as rows_
    inner join {{ relation }} as others
        on
            {% for key in keys + [pair] %}rows_.{{ key }} = others.{{ key }}
            and {% endfor -%}
            rows_.{{ time }} <= others.{{ time }}
    inner join {{ pair_means }} as means_
        on
            {% for key in keys + [pair] %}rows_.{{ key }} = means_.{{ key }}
            {{ 'and ' if not loop.last }}{% endfor -%}
    group by
        {% for key in keys + [time] %}rows_.{{ key }},
        {% endfor -%}
        others.{{ time }}
{%- endmacro %}
