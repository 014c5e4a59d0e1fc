{#- Sums over pairs of products of scores, as plain SQL; rendered as moments.sql is, fits as in scores.sql. -#}

{#-
Meat of a covariance clustered by pair: sums over pairs of products of scores. A pair's score follows
from its products and means, so no further pass over the rows is needed. `weights` (keys, estimator,
group_size, between_weight) go with the fits. Two-way effects are not of this kind: see row_scores.
-#}
{% macro clustered_meat(pair_means, pair_products, grand, coefficients, weights, keys, pair, slots, with_means=false) -%}
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
            {%- if with_means %}
            - {{ slot_sum('fits.g{k} * deviations.d{k}', slots[1:]) }}
            {%- endif %} as mean_residual
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
            {% for k in slots[1:] if with_means %}residuals.between_weight * residuals.d{{ k }} * residuals.mean_residual as m{{ p + k }},
            {% endfor -%}
            residuals.row_count
        from residuals
        inner join {{ pair_products }} as products
            on
                {% for key in keys + [pair] %}residuals.{{ key }} = products.{{ key }}
                {{ 'and ' if not loop.last }}{% endfor %}
    )

    {{ summed_outer_products('scores', keys + ['estimator'], range(2 * p + 1 if with_means else p + 1)) }}
{%- endmacro %}


{#-
The same of one fit whose numbers stand in the text: no column of them goes through joins, and sums
have no keys. `pairs` (m0, .., c_0_0, .., row_count, mass) hold means and products side by side, with
products of the slots `varying`; 0, the outcome, is among them. `fit` holds b and g, lists by slot
from 1 (g empty without entity means), constant, within_weight; `grand` the means by slot, `weights`
(group_size, between_weight) are a table.
-#}
{% macro meat_of_fit(pairs, grand, weights, fit, slots, varying) -%}
    {% set p = slots | length - 1 -%}
    with deviations as (
        select
            {% for k in slots %}pairs.m{{ k }} - ({{ grand[k] }}) as d{{ k }},
            {% endfor -%}
            {% for i in varying if fit.within_weight %}{% for j in varying if j >= i and j > 0 %}pairs.c_{{ i }}_{{ j }},
            {% endfor %}{% endfor -%}
            weights_.between_weight * pairs.mass / pairs.row_count as between_weight
        from {{ pairs }} as pairs
        inner join {{ weights }} as weights_ on pairs.row_count = weights_.group_size
    ),

    residuals as (
        select
            deviations.*,
            between_weight * (
                d0 - ({{ fit.constant }})
                {%- for k in slots[1:] %} - ({{ fit.b[k - 1] }}) * d{{ k }}{% endfor %}
                {%- for k in slots[1:] if fit.g %} - ({{ fit.g[k - 1] }}) * d{{ k }}{% endfor %}
            ) as residual
        from deviations
    ),

    scores as (
        select
            residual as m0
            {%- for k in slots[1:] %},
            d{{ k }} * residual
            {%- if fit.within_weight and k in varying %} + ({{ fit.within_weight }}) * (
                c_0_{{ k }}
                {%- for j in varying if j > 0 %} - ({{ fit.b[j - 1] }}) * c_{{ [j, k] | min }}_{{ [j, k] | max }}{% endfor %}
            )
            {%- endif %} as m{{ k }}
            {%- endfor %}
            {%- for k in slots[1:] if fit.g %},
            d{{ k }} * residual as m{{ p + k }}
            {%- endfor %}
        from residuals
    )

    select
        {% set design = range(2 * p + 1 if fit.g else p + 1) -%}
        {% for i in design %}{% for j in design if j >= i %}sum(m{{ i }} * m{{ j }}) as c_{{ i }}_{{ j }},
        {% endfor %}{% endfor -%}
        count(*) as cluster_count
    from scores
{%- endmacro %}
