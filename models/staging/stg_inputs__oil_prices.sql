{{ require_columns('oil_prices') }}

select
    benchmark,
    definition,
    source_id,
    year,
    price_usd_per_barrel,
    {{ file_line() }} as file_line
from {{ ref('oil_prices') }}
