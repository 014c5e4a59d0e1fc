-- Year effects of every slot under two-way effects: t0 of the outcome, t1.. of the regressors.
select
    estimates.study_id,
    estimates.spec_id,
    estimates.estimator,
    {% for k in slots() -%}
        max(case when estimates.name = '{{ k }}' then estimates.value end) as t{{ k }},
    {% endfor -%}
    estimates.time_key as year
from {{ ref('est_gravity') }} as estimates
where estimates.item = 'time_shift'
group by estimates.study_id, estimates.spec_id, estimates.estimator, estimates.time_key
-- sums over joined rows keep one order
order by estimates.study_id, estimates.spec_id, estimates.estimator, estimates.time_key
