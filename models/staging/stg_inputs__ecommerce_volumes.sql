{{ require_columns('ecommerce_volumes') }}

select
    quote_id,
    lineage,
    scope,
    quote_kind,
    note,
    source_id,
    year,
    volume_rmb_tn,
    {{ file_line() }} as file_line
from {{ ref('ecommerce_volumes') }}
