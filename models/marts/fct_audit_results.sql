with audit as (
    {%- for table in [
        'est_audit', 'est_audit_structural', 'est_audit_answers', 'est_audit_marts', 'est_audit_reports',
    ] %}
        select
            quantity,
            reference,
            status,
            published,
            recomputed,
            relative_difference,
            tolerance,
            nullif(study_id, '') as study_id,
            nullif(spec_id, '') as spec_id,
            nullif(estimator, '') as estimator,
            nullif(covariance, '') as covariance,
            nullif(term, '') as term,
            nullif(reason, '') as reason
        from {{ ref(table) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
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
