{#- Sums over pairs of products of scores, as plain SQL; rendered as moments.sql is, fits as in scores.sql. -#}

{#-
Meat of a covariance clustered by pair: sums over pairs of products of scores. A pair's score follows
from its products and means, so no further pass over the rows is needed. `weights` (keys, estimator,
group_size, between_weight) go with the fits. Two-way effects are not of this kind: see row_scores.
-#}
{% macro clustered_meat(pair_means, pair_products, grand, coefficients, weights, keys, pair, slots) -%}
    {% set p = slots | length - 1 -%}
    with deviations as (
        select
            {% for key in keys %}means_.{{ key }},
            {% endfor -%}
            means_.{{ pair }},
            {% for k in slots %}means_.m{{ k }} - grand.m{{ k }} as d{{ k }},
            {% endfor -%}
            means_.row_count,
            means_.mass / means_.row_count as mean_mass
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
            weights_.between_weight * deviations.mean_mass as between_weight,
            deviations.*,
            {% for k in slots[1:] %}fits.b{{ k }},
            {% endfor -%}
            deviations.d0 - fits.centred_constant
            - {{ slot_sum('fits.b{k} * deviations.d{k}', slots[1:]) }}
            - {{ slot_sum('fits.g{k} * deviations.d{k}', slots[1:]) }} as mean_residual
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
            {% for k in slots[1:] %}residuals.between_weight * residuals.d{{ k }} * residuals.mean_residual as m{{ p + k }},
            {% endfor -%}
            residuals.row_count
        from residuals
        inner join {{ pair_products }} as products
            on
                {% for key in keys + [pair] %}residuals.{{ key }} = products.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor %}
    )

    {{ summed_outer_products('scores', keys + ['estimator'], range(2 * p + 1)) }}
{%- endmacro %}


{#-
The same of every estimator that `coefficients` hold, those under two-way effects from the scores of their pairs
(twoway_scores_by_pair).
-#}
{% macro clustered_meats(pair_means, pair_products, grand, coefficients, weights, twoway_scores, keys, pair, slots) -%}
    {% set design = range(2 * slots | length - 1) -%}
    with from_moments as (
        {{ clustered_meat(pair_means, pair_products, grand, coefficients, weights, keys, pair, slots) }}
    ),

    from_rows as (
        {{ summed_outer_products(twoway_scores, keys + ['estimator'], design) }}
    )

    {% for source in ['from_moments', 'from_rows'] -%}
    select
        {% for key in keys + ['estimator'] %}{{ key }},
        {% endfor -%}
        {% for i in design %}{% for j in design if j >= i %}c_{{ i }}_{{ j }},
        {% endfor %}{% endfor -%}
        cluster_count
    from {{ source }}
    {% if source == 'from_moments' -%}
    where estimator <> 'twoway'
    union all
    {% endif -%}
    {% endfor -%}
{%- endmacro %}
