select
    quote_id,
    country_code,
    currency,
    lineage,
    scope,
    quote_kind,
    note,
    source_id,
    year,
    volume_tn
from {{ ref('stg_inputs__ecommerce_volumes') }}
where {{ gate_is_open() }}
