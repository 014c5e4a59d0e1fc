-- Coefficients solve moments, scores come from the rows: at the minimum they sum to zero. What a sum of
-- scores would move a coefficient by is compared with its standard error.
select
    study_id || ', ' || spec_id || ', ' || estimator || ': the scores of the rows move a coefficient by '
    || cast(value as varchar) || ' standard errors (rule: at most 1e-6)' as complaint
from {{ ref('int_gravity__estimates') }}
where
    item = 'diagnostic'
    and name = 'first_order_gap'
    and not value <= 1e-6
