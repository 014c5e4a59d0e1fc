-- Meat of the covariance clustered by pair: sum over pairs of products of scores, by design
-- slot. Scores of a pair follow from its products and means, but under two-way effects.
with from_moments as (
    {{ clustered_meat(
        ref('int_gravity__pair_means'), ref('int_gravity__pair_products'), ref('int_gravity__grand_means'),
        ref('est_gravity_fits'), ref('est_gravity_weights'),
        ['study_id', 'spec_id'], 'pair_id', slots(), true
    ) }}
),

from_rows as (
    {{ summed_outer_products(
        ref('int_gravity__twoway_scores'), ['study_id', 'spec_id', 'estimator'], design_slots()
    ) }}
)

{% for source in ['from_moments', 'from_rows'] -%}
    select
        study_id,
        spec_id,
        estimator,
        {% for i in design_slots() -%}
            {% for j in design_slots() if j >= i -%}
                c_{{ i }}_{{ j }},
            {% endfor -%}
        {% endfor -%}
        cluster_count
    from {{ source }}
    {% if source == 'from_moments' -%}
        where estimator <> 'twoway'
        union all
    {% endif -%}
{% endfor %}
