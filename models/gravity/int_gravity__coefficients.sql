-- Point estimates in the slots of the sample: one row per estimator that has numbers.
select
    estimates.study_id,
    estimates.spec_id,
    estimates.estimator,
    max(case when estimates.item = 'estimator' then estimates.status end) as estimator_status,
    max(
        case
            when estimates.item = 'coefficient' and estimates.name = 'const' then estimates.value
        end
    ) as b0,
    {% for k in slots(1) -%}
        max(case when terms.position = {{ k }} then estimates.value end) as b{{ k }},
    {% endfor -%}
    max(case when estimates.item = 'centred_constant' then estimates.value end) as centred_constant,
    max(case when estimates.item = 'within_weight' then estimates.value end) as within_weight
from {{ ref('est_gravity') }} as estimates
left join {{ ref('stg_study__gravity_terms') }} as terms
    on
        estimates.item = 'coefficient'
        and estimates.spec_id = terms.spec_id
        and estimates.name = terms.term
where
    estimates.item in ('estimator', 'centred_constant', 'within_weight')
    or (estimates.item = 'coefficient' and estimates.covariance = 'classical')
group by estimates.study_id, estimates.spec_id, estimates.estimator
having max(case when estimates.item = 'centred_constant' then estimates.value end) is not null
