{#-
Moments of panels, as plain SQL; rendered as moments.sql is. A panel has one row per key, pair and time; `pair` and `time`
name the columns.

The models of the warehouse are these macros on their relations, and trade_potential.gravity.on_sql runs the same on
other tables. Tables over which sums are taken are stored in one order, so that the last digits repeat.
-#}

{#- The rows of a panel, shifted by their origins. -#}
{% macro shifted_panel(relation, origins, keys, pair, time, slots) -%}
    with shifted as (
        {{ shifted_rows(relation, origins, keys, slots, labels=[pair, time]) }}
    )

    select
        {% for key in keys + [pair] %}{{ key }},
        {% endfor -%}
        {% for k in slots %}v{{ k }},
        {% endfor -%}
        {{ time }}
    from shifted
    order by {{ (keys + [pair, time]) | join(', ') }}
{%- endmacro %}


{#-
First pass: of every pair the means m, its lowest values o, and the means r of what its rows lie above them.
Where pairs lie far from each other m is rounded, and deviations from it would be off by that: they are v - o - r.
-#}
{% macro means_by_pair(shifted, keys, pair, slots) -%}
    with lowest as (
        {{ slot_origins(shifted, keys + [pair], slots) }}
    ),

    above as (
        {{ shifted_rows(shifted, 'lowest', keys + [pair], slots) }}
    ),

    means_above as (
        {{ slot_means('above', keys + [pair], slots) }}
    )

    select
        {% for key in keys + [pair] %}lowest.{{ key }},
        {% endfor -%}
        {% for k in slots %}lowest.o{{ k }} + means_above.m{{ k }} as m{{ k }},
        lowest.o{{ k }},
        means_above.m{{ k }} as r{{ k }},
        {% endfor -%}
        means_above.row_count,
        means_above.mass
    from lowest
    inner join means_above
        on
            {% for key in keys + [pair] %}lowest.{{ key }} = means_above.{{ key }}
            {{ 'and ' if not loop.last }}{% endfor -%}
    order by
        {% for key in keys + [pair] %}lowest.{{ key }}{{ ',
        ' if not loop.last }}{% endfor %}
{%- endmacro %}


{#- Deviations of rows from the means of their pair; `labels` are columns that are kept. -#}
{% macro deviations_from_pairs(shifted, pair_means, keys, pair, slots, labels=[]) -%}
    select
        {% for key in keys + [pair] + labels %}rows_.{{ key }},
        {% endfor -%}
        {% for k in slots %}rows_.v{{ k }} - means_.o{{ k }} - means_.r{{ k }} as v{{ k }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ shifted }} as rows_
    inner join {{ pair_means }} as means_
        on
            {% for key in keys + [pair] %}rows_.{{ key }} = means_.{{ key }}
            {{ 'and ' if not loop.last }}{% endfor %}
{%- endmacro %}


{#- Second pass: products within each pair. But for what times need, all that follows reads pairs. -#}
{% macro products_by_pair(shifted, pair_means, keys, pair, slots) -%}
    with deviations as (
        {{ deviations_from_pairs(shifted, pair_means, keys, pair, slots) }}
    )

    select
        {% for key in keys + [pair] %}{{ key }},
        {% endfor -%}
        {% for i in slots %}{% for j in slots if j >= i %}sum(v{{ i }} * v{{ j }}) as c_{{ i }}_{{ j }},
        {% endfor %}{% endfor -%}
        count(*) as row_count
    from deviations
    group by {{ (keys + [pair]) | join(', ') }}
    order by {{ (keys + [pair]) | join(', ') }}
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
deviations and overlaps by time also their rows, for two-way effects; `time` is a column of integers.
-#}
{% macro panel_moments(origins, pair_means, pair_products, grand, keys, slots, deviations=none, overlaps=none, time='year') -%}
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

    {% if deviations -%}
    time_rows as ({{ means_as_rows(deviations, keys + [time], slots) }}),

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
    {% if deviations %}{% set parts = parts + [
        ('time_mass', deviations, 'mass', {'time_key': time}),
        ('time_sum', 'time_rows', 'moment_value', {'time_key': time, 'row_slot': 'row_slot'}),
        ('time_overlap', overlaps, 'overlap', {'time_key': time, 'other_time_key': 'other_' ~ time}),
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
{% macro deviations_by_time(shifted, pair_means, keys, pair, time, slots) -%}
    with deviations as (
        {{ deviations_from_pairs(shifted, pair_means, keys, pair, slots, labels=[time]) }}
    )

    select
        {% for key in keys + [time] %}{{ key }},
        {% endfor -%}
        {% for k in slots %}sum(v{{ k }}) as m{{ k }},
        {% endfor -%}
        count(*) as row_count,
        cast(count(*) as double precision) as mass
    from deviations
    group by {{ (keys + [time]) | join(', ') }}
{%- endmacro %}


{#- By two times: sum over the pairs that have rows in both of the product of masses / mass of the pair. -#}
{% macro overlaps_of_times(relation, pair_means, keys, pair, time) -%}
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
