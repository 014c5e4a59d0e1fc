-- Year effects of every slot under two-way effects: t0 of the outcome, t1.. of the regressors.
select
    study_id,
    spec_id,
    estimator,
    {% for k in slots() -%}
        max(case when name = '{{ k }}' then value end) as t{{ k }},
    {% endfor -%}
    time_key as year
from {{ ref('est_gravity') }}
where item = 'time_shift'
group by study_id, spec_id, estimator, time_key
