{#-
Point estimates in the slots of the sample, one row per estimator that has numbers: b0 the constant, b1..
of the regressors, g1.. of their partner means (mundlak).
-#}
{% macro slot_coefficients(estimates) -%}
    select
        estimates.study_id,
        estimates.spec_id,
        estimates.estimator,
        max(case when estimates.item = 'estimator' then estimates.status end) as estimator_status,
        max(case when terms.design_slot = 0 then estimates.value end) as b0,
        {% for k in slots(1) -%}
            max(case when terms.design_slot = {{ k }} then estimates.value end) as b{{ k }},
        {% endfor -%}
        {% for k in slots(1) -%}
            max(case when terms.design_slot = {{ max_terms() + k }} then estimates.value end) as g{{ k }},
        {% endfor -%}
        max(case when estimates.item = 'centred_constant' then estimates.value end) as centred_constant,
        max(case when estimates.item = 'within_weight' then estimates.value end) as within_weight
    from {{ estimates }} as estimates
    left join {{ ref('int_gravity__term_slots') }} as terms
        on
            estimates.item = 'coefficient'
            and estimates.spec_id = terms.spec_id
            and estimates.name = terms.coefficient_name
    where
        estimates.item in ('estimator', 'centred_constant', 'within_weight')
        or (
            estimates.item = 'coefficient'
            -- each coefficient once: PPML comes without the classical covariance
            and estimates.covariance = case when estimates.estimator like 'ppml%' then 'robust' else 'classical' end
        )
    group by estimates.study_id, estimates.spec_id, estimates.estimator
    having max(case when estimates.item = 'coefficient' then estimates.value end) is not null
{%- endmacro %}
