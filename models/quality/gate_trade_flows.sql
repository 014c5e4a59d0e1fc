select
    reporter_code,
    partner_code,
    flow,
    valuation,
    source_id,
    year,
    trade_usd
from {{ ref('stg_inputs__trade_flows') }}
where {{ gate_is_open() }}
