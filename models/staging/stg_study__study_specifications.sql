{{ require_columns('study_specifications') }}

select
    study_id,
    spec_id,
    {{ row_place('study_specifications') }}
from {{ input('study_specifications') }}
