select
    country_code,
    flow,
    source_id,
    year,
    trade_usd
from {{ ref('stg_inputs__total_trade') }}
where {{ gate_is_open() }}
