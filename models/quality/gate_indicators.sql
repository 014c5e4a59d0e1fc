select
    indicator_code,
    indicator,
    indicator_name,
    unit,
    direction,
    vintage_kind,
    source_id,
    value_min,
    value_max
from {{ ref('stg_inputs__indicators') }}
where {{ gate_is_open() }}
