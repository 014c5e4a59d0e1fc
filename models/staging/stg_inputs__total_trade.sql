{{ require_columns('total_trade') }}

select
    country_code,
    flow,
    source_id,
    year,
    trade_usd,
    {{ row_place('total_trade') }}
from {{ input('total_trade') }}
