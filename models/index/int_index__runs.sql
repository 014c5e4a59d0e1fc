select
    study_id,
    spec_id as index_spec_id
from {{ ref('int_panel__study_specs') }}
where spec_kind = 'index'
