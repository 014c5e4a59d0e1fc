select
    benchmark,
    definition,
    source_id,
    year,
    price_usd_per_barrel
from {{ ref('stg_inputs__oil_prices') }}
where {{ gate_is_open() }}
