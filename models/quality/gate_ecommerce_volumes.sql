select
    quote_id,
    lineage,
    scope,
    quote_kind,
    note,
    source_id,
    year,
    volume_rmb_tn
from {{ ref('stg_inputs__ecommerce_volumes') }}
where {{ gate_is_open() }}
