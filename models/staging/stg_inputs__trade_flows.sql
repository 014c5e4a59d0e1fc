{{ require_columns('trade_flows') }}

select
    reporter_code,
    partner_code,
    flow,
    valuation,
    source_id,
    year,
    trade_usd,
    {{ file_line() }} as file_line
from {{ ref('trade_flows') }}
