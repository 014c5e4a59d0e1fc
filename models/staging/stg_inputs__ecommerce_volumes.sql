{{ require_columns('ecommerce_volumes') }}

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
    volume_tn,
    {{ row_place('ecommerce_volumes') }}
from {{ input('ecommerce_volumes') }}
