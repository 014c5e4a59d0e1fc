select distinct
    study_id,
    index_spec_id,
    available_slots
from {{ ref('int_index__sample') }}
