{{ require_columns('study_specifications') }}

select
    study_id,
    spec_id,
    {{ file_line() }} as file_line
from {{ ref('study_specifications') }}
