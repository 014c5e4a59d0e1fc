{{ require_columns('oil_prices') }}

select
    benchmark,
    definition,
    source_id,
    year,
    price_usd_per_barrel,
    {{ row_place('oil_prices') }}
from {{ input('oil_prices') }}
