-- The status of an estimator stands on each of its rows, also where it has no numbers.
with estimators as (
    select
        study_id,
        spec_id,
        estimator,
        status,
        reason
    from {{ ref('int_gravity__estimates') }}
    where item = 'estimator'
),

numbers as (
    select
        study_id,
        spec_id,
        estimator,
        cast(group_size as integer) as group_size,
        value,
        case when item = 'theta' then 'theta' else name end as diagnostic
    from {{ ref('int_gravity__estimates') }}
    where item in ('diagnostic', 'theta')
)

select
    estimators.study_id,
    estimators.spec_id,
    estimators.estimator,
    numbers.diagnostic,
    estimators.status as estimator_status,
    estimators.reason,
    numbers.group_size,
    numbers.value as diagnostic_value
from estimators
inner join numbers
    on
        estimators.study_id = numbers.study_id
        and estimators.spec_id = numbers.spec_id
        and estimators.estimator = numbers.estimator
where {{ audit_agrees() }}
