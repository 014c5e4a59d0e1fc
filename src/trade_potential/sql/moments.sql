{#-
Sufficient statistics of a table in two passes, and sums over slots, as plain SQL that runs where the rows are.

These macros use no dbt context: dbt renders them in models, trade_potential.warehouse renders the
same text with Jinja for tables outside dbt. `slots` are the numeric columns, named v0, v1, ...
-#}

{#- First pass: number of rows and mean of every slot by key. -#}
{% macro slot_means(relation, keys, slots) -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {% for k in slots %}avg(v{{ k }}) as m{{ k }},
        {% endfor -%}
        count(*) as row_count
    from {{ relation }}
    group by {{ keys | join(', ') }}
{%- endmacro %}


{#- First pass where ranges are wanted too: also standard deviation s, minimum lo and maximum hi. -#}
{% macro slot_statistics(relation, keys, slots) -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {% for k in slots %}avg(v{{ k }}) as m{{ k }},
        stddev_samp(v{{ k }}) as s{{ k }},
        min(v{{ k }}) as lo{{ k }},
        max(v{{ k }}) as hi{{ k }},
        {% endfor -%}
        count(*) as row_count
    from {{ relation }}
    group by {{ keys | join(', ') }}
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


{#- Products as rows: one per key and pair of slots; slots that a key does not use are left out. -#}
{% macro products_as_rows(relation, keys, slots) -%}
    {% for i in slots %}{% for j in slots if j >= i -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {{ i }} as row_slot,
        {{ j }} as col_slot,
        c_{{ i }}_{{ j }} as moment_value
    from {{ relation }}
    where c_{{ i }}_{{ j }} is not null
    {% if not (loop.last and i == slots[-1]) %}union all{% endif %}
    {% endfor %}{% endfor -%}
{%- endmacro %}


{#- Means as rows: one per key and slot. -#}
{% macro means_as_rows(relation, keys, slots) -%}
    {% for k in slots -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {{ k }} as row_slot,
        m{{ k }} as moment_value
    from {{ relation }}
    where m{{ k }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
{%- endmacro %}


{#- Grand means over rows from the means of pairs: the second level of the two-level sum. -#}
{% macro grand_means(pair_means, keys, slots) -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {% for k in slots %}sum(m{{ k }} * row_count) / sum(row_count) as m{{ k }},
        {% endfor -%}
        sum(row_count) as row_count,
        count(*) as pair_count
    from {{ pair_means }}
    group by {{ keys | join(', ') }}
{%- endmacro %}


{#-
Moments of a panel as rows (columns: keys, moment, group_size, row_slot, col_slot, moment_value):
grand means, products within pairs, and by group size (rows a pair has) the number of pairs and the
sums and products of their centred means. Group sizes stay apart because random effects weigh by them.
-#}
{% macro panel_moments(pair_means, pair_products, grand, keys, slots) -%}
    with within_sums as (
        {{ summed_products(pair_products, keys, slots) }}
    ),

    between_sums as (
        select
            {% for key in keys %}pairs.{{ key }},
            {% endfor -%}
            pairs.row_count as group_size,
            {% for i in slots %}sum(pairs.m{{ i }} - grand.m{{ i }}) as m{{ i }},
            {% endfor -%}
            {% for i in slots %}{% for j in slots if j >= i %}sum((pairs.m{{ i }} - grand.m{{ i }}) * (pairs.m{{ j }} - grand.m{{ j }})) as c_{{ i }}_{{ j }},
            {% endfor %}{% endfor -%}
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

    mean_rows as ({{ means_as_rows(grand, keys, slots) }}),

    within_rows as ({{ products_as_rows('within_sums', keys, slots) }}),

    between_sum_rows as ({{ means_as_rows('between_sums', keys + ['group_size'], slots) }}),

    between_rows as ({{ products_as_rows('between_sums', keys + ['group_size'], slots) }})

    {% set no_size = 'cast(null as bigint) as group_size' -%}
    {% set no_row = 'cast(null as integer) as row_slot' -%}
    {% set no_col = 'cast(null as integer) as col_slot' -%}
    {% for name, source, size, row, col, value in [
        ('mean', 'mean_rows', no_size, 'row_slot', no_col, 'moment_value'),
        ('within', 'within_rows', no_size, 'row_slot', 'col_slot', 'moment_value'),
        ('pair_count', 'between_sums', 'group_size', no_row, no_col, 'pair_count'),
        ('between_sum', 'between_sum_rows', 'group_size', 'row_slot', no_col, 'moment_value'),
        ('between', 'between_rows', 'group_size', 'row_slot', 'col_slot', 'moment_value'),
    ] -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        '{{ name }}' as moment,
        {{ size }},
        {{ row }},
        {{ col }},
        cast({{ value }} as double precision) as moment_value
    from {{ source }}
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
{%- endmacro %}


{#- Sum of an expression over slots, {k} standing for the slot; unused slots add nothing. -#}
{% macro slot_sum(expression, slots) -%}
    (
        {%- for k in slots %}
            coalesce({{ expression | replace('{k}', k | string) }}, 0){{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#- Row k of a symmetric matrix c_i_j (i <= j) times a vector. -#}
{% macro product_row(vector, matrix, k, slots) -%}
    (
        {%- for j in slots %}
            coalesce({{ vector }}{{ j }} * {{ matrix }}.c_{{ [j, k] | min }}_{{ [j, k] | max }}, 0)
            {{- ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#- x' V x for x = (1, v1, v2, ..) and a symmetric V in c_i_j, i <= j. -#}
{% macro quadratic_form(matrix, vector, slots) -%}
    (
        {{ matrix }}.c_0_0
        {%- for j in slots %}
            + coalesce(2 * {{ matrix }}.c_0_{{ j }} * {{ vector }}.v{{ j }}, 0)
        {%- endfor %}
        {%- for i in slots %}
            {%- for j in slots if j >= i %}
                + coalesce({{ 1 if i == j else 2 }} * {{ matrix }}.c_{{ i }}_{{ j }} * {{ vector }}.v{{ i }} * {{ vector }}.v{{ j }}, 0)
            {%- endfor %}
        {%- endfor %}
    )
{%- endmacro %}


{#-
Meat of a clustered covariance as rows (columns: keys, estimator, row_slot, col_slot, moment_value): sums
over pairs of products of scores; slot 0 is the constant. A pair's score follows from its products and
means, so no further pass over the rows is needed. `coefficients` (keys, estimator, b1, .., centred_constant,
within_weight) and `weights` (keys, estimator, group_size, between_weight) describe the fits.
-#}
{% macro clustered_meat(pair_means, pair_products, grand, coefficients, weights, keys, pair, slots) -%}
    with deviations as (
        select
            {% for key in keys %}means_.{{ key }},
            {% endfor -%}
            means_.{{ pair }},
            {% for k in slots %}means_.m{{ k }} - grand.m{{ k }} as d{{ k }},
            {% endfor -%}
            means_.row_count
        from {{ pair_means }} as means_
        inner join {{ grand }} as grand
            on
                {% for key in keys %}means_.{{ key }} = grand.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor %}
    ),

    residuals as (
        select
            fits.estimator,
            fits.within_weight,
            weights_.between_weight,
            deviations.*,
            {% for k in slots[1:] %}fits.b{{ k }},
            {% endfor -%}
            deviations.d0 - fits.centred_constant
            - {{ slot_sum('fits.b{k} * deviations.d{k}', slots[1:]) }} as mean_residual
        from deviations
        inner join {{ coefficients }} as fits
            on
                {% for key in keys %}deviations.{{ key }} = fits.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor %}
        inner join {{ weights }} as weights_
            on
                {% for key in keys + ['estimator'] %}fits.{{ key }} = weights_.{{ key }}
                and {% endfor -%}
                deviations.row_count = weights_.group_size
    ),

    scores as (
        select
            {% for key in keys + ['estimator'] %}residuals.{{ key }},
            {% endfor -%}
            residuals.between_weight * residuals.mean_residual as m0,
            {% for k in slots[1:] %}residuals.within_weight * (
                products.c_0_{{ k }} - {{ product_row('residuals.b', 'products', k, slots[1:]) }}
            )
            + residuals.between_weight * residuals.d{{ k }} * residuals.mean_residual as m{{ k }},
            {% endfor -%}
            residuals.row_count
        from residuals
        inner join {{ pair_products }} as products
            on
                {% for key in keys + [pair] %}residuals.{{ key }} = products.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor %}
    ),

    sums as (
        select
            {% for key in keys + ['estimator'] %}{{ key }},
            {% endfor -%}
            {% for i in slots %}{% for j in slots if j >= i %}sum(m{{ i }} * m{{ j }}) as c_{{ i }}_{{ j }},
            {% endfor %}{% endfor -%}
            count(*) as pair_count
        from scores
        group by {{ (keys + ['estimator']) | join(', ') }}
    )

    {{ products_as_rows('sums', keys + ['estimator'], slots) }}
{%- endmacro %}
