-- What needs panel values: the study, and each of its specifications, which may override vintages.
select
    study_id,
    'study' as spec_kind,
    'as_of' as spec_id
from {{ ref('stg_study__studies') }}
union all
select distinct
    runs.study_id,
    'index' as spec_kind,
    specifications.index_spec_id as spec_id
from {{ ref('stg_study__study_specifications') }} as runs
inner join {{ ref('stg_study__gravity_specifications') }} as specifications
    on runs.spec_id = specifications.spec_id
where specifications.index_spec_id is not null
union all
select
    study_id,
    'gravity' as spec_kind,
    spec_id
from {{ ref('int_panel__runs') }}
