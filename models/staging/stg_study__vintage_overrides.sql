{{ require_columns('vintage_overrides') }}

select
    spec_kind,
    spec_id,
    indicator_code,
    vintage_date,
    reason,
    {{ row_place('vintage_overrides') }}
from {{ input('vintage_overrides') }}
