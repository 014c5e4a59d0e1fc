-- Meat of the clustered covariance: sum over pairs of products of scores, slot 0 the constant.
-- A pair's score follows from its products and means, so no further pass over the rows is needed.
with weights as (
    select
        study_id,
        spec_id,
        estimator,
        cast(group_size as bigint) as group_size,
        value as between_weight
    from {{ ref('est_gravity') }}
    where item = 'between_weight'
),

deviations as (
    select
        means.study_id,
        means.spec_id,
        means.partner_iso3,
        {% for k in slots() -%}
            means.m{{ k }} - grand.m{{ k }} as d{{ k }},
        {% endfor -%}
        means.row_count
    from {{ ref('int_gravity__pair_means') }} as means
    inner join {{ ref('int_gravity__grand_means') }} as grand
        on
            means.study_id = grand.study_id
            and means.spec_id = grand.spec_id
),

residuals as (
    select
        coefficients.estimator,
        coefficients.within_weight,
        weights.between_weight,
        deviations.*,
        {% for k in slots(1) -%}
            coefficients.b{{ k }},
        {% endfor -%}
        deviations.d0 - coefficients.centred_constant
        - {{ slot_sum('coefficients.b{k} * deviations.d{k}', slots(1)) }} as mean_residual
    from deviations
    inner join {{ ref('int_gravity__coefficients') }} as coefficients
        on
            deviations.study_id = coefficients.study_id
            and deviations.spec_id = coefficients.spec_id
    inner join weights
        on
            coefficients.study_id = weights.study_id
            and coefficients.spec_id = weights.spec_id
            and coefficients.estimator = weights.estimator
            and deviations.row_count = weights.group_size
),

scores as (
    select
        residuals.study_id,
        residuals.spec_id,
        residuals.estimator,
        residuals.between_weight * residuals.mean_residual as m0,
        {% for k in slots(1) -%}
            residuals.within_weight * (
                products.c_0_{{ k }} - {{ product_row('residuals.b', 'products', k, slots(1)) }}
            )
            + residuals.between_weight * residuals.d{{ k }} * residuals.mean_residual as m{{ k }},
        {% endfor -%}
        residuals.row_count
    from residuals
    inner join {{ ref('int_gravity__pair_products') }} as products
        on
            residuals.study_id = products.study_id
            and residuals.spec_id = products.spec_id
            and residuals.partner_iso3 = products.partner_iso3
),

sums as (
    select
        study_id,
        spec_id,
        estimator,
        {% for i in slots() -%}
            {% for j in slots() if j >= i -%}
                sum(m{{ i }} * m{{ j }}) as c_{{ i }}_{{ j }},
            {% endfor -%}
        {% endfor -%}
        count(*) as pair_count
    from scores
    group by study_id, spec_id, estimator
),

meat as (
    {{ products_as_rows('sums', ['study_id', 'spec_id', 'estimator'], slots()) }}
)

select
    study_id,
    spec_id,
    estimator,
    row_slot,
    col_slot,
    moment_value as meat_value
from meat
