{{ require_columns('vintage_overrides') }}

select
    spec_kind,
    spec_id,
    indicator_code,
    vintage_date,
    reason,
    {{ file_line() }} as file_line
from {{ ref('vintage_overrides') }}
