-- What needs panel values: the study, and each of its specifications, which may override vintages.
with study_specs as (
    select
        study_id,
        spec_id,
        index_spec_id
    from {{ ref('int_panel__runs') }}
)

select distinct
    study_id,
    'study' as spec_kind,
    'as_of' as spec_id
from study_specs
union all
select distinct
    study_id,
    'index' as spec_kind,
    index_spec_id as spec_id
from study_specs
union all
select
    study_id,
    'gravity' as spec_kind,
    spec_id
from study_specs
