-- A panel specification that a study runs; structural ones have a graph of their own.
select
    runs.study_id,
    runs.spec_id,
    specifications.index_spec_id,
    specifications.outcome_transform,
    specifications.outcome_divisor_usd,
    coalesce(specifications.outcome_scaling, studies.outcome_scaling) as outcome_scaling
from {{ ref('stg_study__study_specifications') }} as runs
inner join {{ ref('stg_study__studies') }} as studies
    on runs.study_id = studies.study_id
inner join {{ ref('stg_study__gravity_specifications') }} as specifications
    on runs.spec_id = specifications.spec_id
where specifications.model_kind = 'panel'
