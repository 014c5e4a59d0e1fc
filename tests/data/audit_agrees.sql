-- Stops the potential: every published number that its second computation does not confirm.
select
    study_id || ', ' || spec_id
    || case when estimator = '' then '' else ', ' || estimator end
    || case when covariance = '' then '' else ', ' || covariance end
    || ', ' || quantity
    || case when term = '' then '' else ' ' || term end
    || ': published ' || coalesce(cast(published as varchar), 'nothing')
    || ', ' || reference || ' says ' || coalesce(cast(recomputed as varchar), 'nothing')
    || case when reason = '' then '' else ' (' || reason || ')' end
    || coalesce(', relative difference ' || cast(relative_difference as varchar), '')
    || ' (rule: both computations agree to ' || cast(tolerance as varchar) || ')' as complaint
from {{ ref('est_audit') }}
where status = 'differs'
