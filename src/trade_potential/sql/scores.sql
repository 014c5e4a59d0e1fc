{#-
Scores of fitted models and sums of their products, as plain SQL that runs where the rows are.

Rendered as moments.sql is, with the sums of sums.sql. A model is a row of `coefficients` (keys, estimator, b1, .., g1, ..,
centred_constant, within_weight): slope b of a slot, slope g of the mean of a slot over the rows of its
pair (correlated random effects; null elsewhere). Scores stand in design slots: 0 the constant, then the
p slots, then the p means. Scores of pairs that follow from moments are in meat.sql.
-#}

{#-
Scores of every row, m0, m1, ..: the transformed regressors times the residual, and its square. `thetas` (keys, estimator,
group_size, theta) says which share of its pair's mean is taken from a row; `shifts` (keys, estimator,
time, t0, ..) hold the time effects of each slot under two-way effects, no rows otherwise. The between
estimator has no rows and no scores here.
-#}
{% macro row_scores(relation, pair_means, grand, coefficients, thetas, shifts, keys, pair, time, slots, with_means=false, weight=none, dense=false) -%}
    {% set p = slots | length - 1 -%}
    {% set w = 'rows_.' ~ weight if weight else '1.0' -%}
    with pair_shifts as (
        select
            {% for key in keys + ['estimator'] %}shifts.{{ key }},
            {% endfor -%}
            rows_.{{ pair }},
            {% for k in slots %}sum({{ w }} * shifts.t{{ k }}) / sum({{ w }}) as t{{ k }}{{ ',' if not loop.last }}
            {% endfor -%}
        from {{ relation }} as rows_
        inner join {{ shifts }} as shifts
            on
                {% for key in keys + [time] %}rows_.{{ key }} = shifts.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor -%}
        group by
            {% for key in keys + ['estimator'] %}shifts.{{ key }},
            {% endfor -%}
            rows_.{{ pair }}
    ),

    transformed as (
        select
            {% for key in keys %}rows_.{{ key }},
            {% endfor -%}
            rows_.{{ pair }},
            rows_.{{ time }},
            fits.estimator,
            {{ w }} as row_mass,
            -- effects take the constant out: by convention it is that of the centred model
            case when thetas.theta < 1 then 1 - thetas.theta else 1 end as constant_value,
            {% for k in slots %}rows_.v{{ k }} - grand.m{{ k }} - thetas.theta * (means_.m{{ k }} - grand.m{{ k }})
            - coalesce(shifts.t{{ k }} - pair_shifts.t{{ k }}, 0) as z{{ k }},
            {% endfor -%}
            {% for k in slots[1:] if with_means %}(1 - thetas.theta) * (means_.m{{ k }} - grand.m{{ k }}) as z{{ p + k }},
            fits.g{{ k }} as b{{ p + k }},
            {% endfor -%}
            {% for k in slots[1:] %}fits.b{{ k }},
            {% endfor -%}
            fits.centred_constant
        from {{ relation }} as rows_
        inner join {{ pair_means }} as means_
            on
                {% for key in keys + [pair] %}rows_.{{ key }} = means_.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor -%}
        inner join {{ grand }} as grand
            on
                {% for key in keys %}rows_.{{ key }} = grand.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor -%}
        inner join {{ coefficients }} as fits
            on
                {% for key in keys %}rows_.{{ key }} = fits.{{ key }}
                and {% endfor -%}
                fits.estimator <> 'between'
        inner join {{ thetas }} as thetas
            on
                {% for key in keys + ['estimator'] %}fits.{{ key }} = thetas.{{ key }}
                and {% endfor -%}
                means_.row_count = thetas.group_size
        left join {{ shifts }} as shifts
            on
                {% for key in keys + ['estimator'] %}fits.{{ key }} = shifts.{{ key }}
                and {% endfor -%}
                rows_.{{ time }} = shifts.{{ time }}
        left join pair_shifts
            on
                {% for key in keys + ['estimator'] %}fits.{{ key }} = pair_shifts.{{ key }}
                and {% endfor -%}
                rows_.{{ pair }} = pair_shifts.{{ pair }}
    ),

    residuals as (
        select
            transformed.*,
            row_mass * (
                z0 - constant_value * centred_constant
                - {{ slot_sum('b{k} * z{k}', range(1, 2 * p + 1 if with_means else p + 1), dense) }}
            ) as residual
        from transformed
    )

    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        estimator,
        {{ pair }},
        {{ time }},
        constant_value * residual as m0,
        {% for k in range(1, 2 * p + 1 if with_means else p + 1) %}z{{ k }} * residual as m{{ k }},
        {% endfor -%}
        residual * residual / row_mass as squared_residual
    from residuals
{%- endmacro %}


{#- Sums over all rows: of scores, zero at the minimum but for rounding, and of squared residuals. -#}
{% macro summed_scores(scores, keys, design) -%}
    select
        {% for key in keys + ['estimator'] %}{{ key }},
        {% endfor -%}
        {% for i in design %}sum(m{{ i }}) as m{{ i }},
        {% endfor -%}
        sum(squared_residual) as ssr
    from {{ scores }}
    group by {{ (keys + ['estimator']) | join(', ') }}
{%- endmacro %}


{#- Scores of the pairs under the between estimator, of which they are the rows; columns as row_scores. -#}
{% macro between_scores(pair_means, grand, coefficients, keys, pair, slots) -%}
    with deviations as (
        select
            {% for key in keys %}means_.{{ key }},
            {% endfor -%}
            means_.{{ pair }},
            means_.mass / means_.row_count as mean_mass,
            {% for k in slots %}means_.m{{ k }} - grand.m{{ k }} as z{{ k }}{{ ',' if not loop.last }}
            {% endfor -%}
        from {{ pair_means }} as means_
        inner join {{ grand }} as grand
            on
                {% for key in keys %}means_.{{ key }} = grand.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor %}
    ),

    residuals as (
        select
            deviations.*,
            fits.estimator,
            deviations.mean_mass * (
                deviations.z0 - fits.centred_constant
                - {{ slot_sum('fits.b{k} * deviations.z{k}', slots[1:]) }}
            ) as residual
        from deviations
        inner join {{ coefficients }} as fits
            on
                {% for key in keys %}deviations.{{ key }} = fits.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor %}
        where fits.estimator = 'between'
    )

    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        estimator,
        {{ pair }},
        residual as m0,
        {% for k in slots[1:] %}z{{ k }} * residual as m{{ k }},
        {% endfor -%}
        residual * residual / mean_mass as squared_residual
    from residuals
{%- endmacro %}


{#- Scores summed by time, and their products summed over rows: all that covariances other than by pair need. -#}
{% macro scores_by_time(scores, keys, time, design) -%}
    select
        {% for key in keys + ['estimator', time] %}{{ key }},
        {% endfor -%}
        {% for i in design %}sum(m{{ i }}) as m{{ i }},
        {% endfor -%}
        {% for i in design %}{% for j in design if j >= i %}sum(m{{ i }} * m{{ j }}) as c_{{ i }}_{{ j }},
        {% endfor %}{% endfor -%}
        count(*) as row_count
    from {{ scores }}
    group by {{ (keys + ['estimator', time]) | join(', ') }}
{%- endmacro %}


{#-
Scores of the pairs under two-way effects, summed over their rows; those of other estimators follow from
the moments of the pair (clustered_meats).
-#}
{% macro twoway_scores_by_pair(scores, keys, pair, design) -%}
    select
        {% for key in keys + ['estimator', pair] %}{{ key }},
        {% endfor -%}
        {% for i in design %}sum(m{{ i }}) as m{{ i }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ scores }}
    where estimator = 'twoway'
    group by {{ (keys + ['estimator', pair]) | join(', ') }}
    order by {{ (keys + ['estimator', pair]) | join(', ') }}
{%- endmacro %}


{#-
A table with the powers 2 and 3 of a standardised fit in two more slots, for the regression
specification error test: fit = sum b v of `coefficients` (keys, b1, ..), mean and standard deviation
over the rows of a key; a constant would not change it. `labels` are columns that are kept.
-#}
{% macro fit_powers(relation, coefficients, keys, slots, labels=[]) -%}
    {% set p = slots | length - 1 -%}
    {% set fit = slot_sum('coefficients.b{k} * rows_.v{k}', slots[1:]) -%}
    with ranges as (
        select
            {% for key in keys %}rows_.{{ key }},
            {% endfor -%}
            avg({{ fit }}) as fit_mean,
            nullif(stddev_pop({{ fit }}), 0) as fit_sd
        from {{ relation }} as rows_
        inner join {{ coefficients }} as coefficients
            on
                {% for key in keys %}rows_.{{ key }} = coefficients.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor -%}
        group by
            {% for key in keys %}rows_.{{ key }}{{ ',
            ' if not loop.last }}{% endfor %}
    )

    -- the fit is written out twice: rows of an expression used twice are stored, in the order of threads
    select
        {% for key in keys %}rows_.{{ key }},
        {% endfor -%}
        {% for k in slots %}rows_.v{{ k }},
        {% endfor -%}
        {% for label in labels %}rows_.{{ label }},
        {% endfor -%}
        power(({{ fit }} - ranges.fit_mean) / ranges.fit_sd, 2) as v{{ p + 1 }},
        power(({{ fit }} - ranges.fit_mean) / ranges.fit_sd, 3) as v{{ p + 2 }}
    from {{ relation }} as rows_
    inner join {{ coefficients }} as coefficients
        on
            {% for key in keys %}rows_.{{ key }} = coefficients.{{ key }}
            {{ 'and ' if not loop.last }}{% endfor -%}
    inner join ranges
        on
            {% for key in keys %}rows_.{{ key }} = ranges.{{ key }}
            {{ 'and ' if not loop.last }}{% endfor %}
{%- endmacro %}


{#- The same of the pooled fit among `coefficients`, stored in the order of the panel. -#}
{% macro pooled_fit_powers(relation, coefficients, keys, pair, time, slots) -%}
    {% set p = slots | length - 1 -%}
    with pooled as (
        select
            {% for k in slots %}b{{ k }},
            {% endfor -%}
            {{ keys | join(', ') }}
        from {{ coefficients }}
        where estimator = 'pooled' and b0 is not null
    ),

    powers as (
        {{ fit_powers(relation, 'pooled', keys, slots, labels=[pair, time]) }}
    )

    select
        {% for key in keys + [pair] %}{{ key }},
        {% endfor -%}
        {% for k in slots + [p + 1, p + 2] %}v{{ k }},
        {% endfor -%}
        {{ time }}
    from powers
    order by {{ (keys + [pair, time]) | join(', ') }}
{%- endmacro %}


{#- Products around means of a table with powers behind its slots: what the specification error test reads. -#}
{% macro power_products(powers, keys, slots) -%}
    {% set all_slots = slots + [slots | length, slots | length + 1] -%}
    with power_means as (
        {{ slot_means(powers, keys, all_slots) }}
    )

    {{ centred_products(powers, 'power_means', keys, all_slots) }}
{%- endmacro %}
