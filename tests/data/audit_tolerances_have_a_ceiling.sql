-- Stops the release: a comparison so lenient that a wrong number would pass it. What a search or
-- one step finds agrees to 1e-3; what is near collinear, to what its condition number leaves, at
-- most 1e-3 (decisions 006, 027); every count, and every column of a mart that no eigenvector
-- enters, to 1e-8. Counts have no condition: one of them with another tolerance is another
-- tolerance of all.
select
    {{ complaint_of(
        key="coalesce(study_id, '') || ', ' || coalesce(spec_id, '') || ', ' || quantity",
        value="'agrees to ' || cast(tolerance as varchar)",
        rule="'counts and columns of marts agree to 1e-8, other numbers at least to 1e-3'"
    ) }}
from {{ ref('fct_audit_results') }}
where
    tolerance is null
    or (status = 'agrees' and tolerance > 1e-3)
    or (
        tolerance > 1e-8
        and (
            quantity in ('n_obs', 'n_entities', 'n_rows', 'n_absorbed', 'df_resid', 'status')
            or (quantity like '%.%' and quantity not like 'fct_index_%')
            or quantity like 'fct_development_index.rows'
        )
    )
