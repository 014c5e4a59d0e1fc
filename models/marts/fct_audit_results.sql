with audit as (
    select
        study_id,
        spec_id,
        quantity,
        reference,
        status,
        published,
        recomputed,
        relative_difference,
        tolerance,
        nullif(estimator, '') as estimator,
        nullif(covariance, '') as covariance,
        nullif(term, '') as term,
        nullif(reason, '') as reason
    from {{ ref('est_audit') }}
)

select
    study_id,
    spec_id,
    estimator,
    covariance,
    quantity,
    term,
    reference,
    status,
    reason,
    published as published_value,
    recomputed as recomputed_value,
    relative_difference,
    tolerance
from audit
