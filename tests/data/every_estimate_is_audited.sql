-- Stops the release: an estimate or a part of a mart of which the audit has no row, so that nothing
-- could have differed.
with audited as (
    select distinct
        study_id,
        spec_id,
        estimator,
        quantity
    from {{ ref('fct_audit_results') }}
),

expected as (
    select
        runs.study_id,
        runs.spec_id,
        estimators.estimator,
        'n_obs' as quantity
    from {{ ref('stg_study__study_specifications') }} as runs
    inner join {{ ref('stg_study__gravity_specifications') }} as specifications
        on runs.spec_id = specifications.spec_id
    cross join {{ ref('int_gravity__estimators') }} as estimators
    where specifications.model_kind = 'panel'
    union all
    select
        runs.study_id,
        runs.spec_id,
        'ppml_structural' as estimator,
        'n_unknown_rows' as quantity
    from {{ ref('stg_study__study_specifications') }} as runs
    inner join {{ ref('stg_study__gravity_specifications') }} as specifications
        on runs.spec_id = specifications.spec_id
    where specifications.model_kind = 'structural'
    union all
    select distinct
        study_id,
        spec_id,
        estimator,
        'fct_gravity_coefficients.coefficient' as quantity
    from {{ ref('fct_gravity_coefficients') }}
    union all
    select distinct
        study_id,
        spec_id,
        estimator,
        'fct_trade_potential.k_ratio' as quantity
    from {{ ref('fct_trade_potential') }}
    union all
    select distinct
        study_id,
        cast(null as varchar) as spec_id,
        cast(null as varchar) as estimator,
        'rpt_trade_potential.k_ratio' as quantity
    from {{ ref('rpt_trade_potential') }}
)

select
    {{ complaint_of(
        key="expected.study_id || coalesce(', ' || expected.spec_id, '')"
        ~ " || coalesce(', ' || expected.estimator, '') || ', ' || expected.quantity",
        value="'no row of the audit'",
        rule="'everything that is estimated and published is computed twice'"
    ) }}
from expected
left join audited
    on
        expected.study_id = audited.study_id
        and coalesce(expected.spec_id, '') = coalesce(audited.spec_id, '')
        and coalesce(expected.estimator, '') = coalesce(audited.estimator, '')
        and expected.quantity = audited.quantity
where audited.quantity is null
