-- Coefficients solve moments, scores come from the rows: at the minimum they sum to zero. What the
-- sum would move a coefficient by is compared with its standard error.
select
    {{ complaint_of(
        key="study_id || ', ' || spec_id || ', ' || estimator",
        value="'the scores of the rows move a coefficient by ' || cast(diagnostic_value as varchar)"
        ~ " || ' standard errors'",
        rule="'at most 1e-6'"
    ) }}
from {{ ref('fct_gravity_diagnostics') }}
where
    diagnostic = 'first_order_gap'
    and not diagnostic_value <= 1e-6
