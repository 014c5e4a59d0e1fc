{{ require_columns('indicators') }}

select
    indicator_code,
    indicator,
    indicator_name,
    unit,
    direction,
    vintage_kind,
    source_id,
    value_min,
    value_max,
    {{ row_place('indicators') }}
from {{ input('indicators') }}
