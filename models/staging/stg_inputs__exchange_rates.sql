{{ require_columns('exchange_rates') }}

select
    country_code,
    currency,
    definition,
    source_id,
    year,
    lcu_per_usd,
    {{ row_place('exchange_rates') }}
from {{ input('exchange_rates') }}
