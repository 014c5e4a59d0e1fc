{{ require_columns('trade_flows') }}

select
    reporter_code,
    partner_code,
    flow,
    valuation,
    source_id,
    year,
    trade_usd,
    {{ row_place('trade_flows') }}
from {{ input('trade_flows') }}
