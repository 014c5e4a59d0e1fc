{{ require_columns('exchange_rates') }}

select
    country_code,
    definition,
    source_id,
    year,
    lcu_per_usd,
    {{ file_line() }} as file_line
from {{ ref('exchange_rates') }}
