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
    {{ row_place('ecommerce_volumes') }}
from {{ input('ecommerce_volumes') }}
