{{ require_columns('total_trade') }}

select
    country_code,
    flow,
    source_id,
    year,
    trade_usd,
    {{ file_line() }} as file_line
from {{ ref('total_trade') }}
