select
    country_code,
    outlet,
    note,
    source_id,
    year,
    total_rmb_tn,
    exports_rmb_tn,
    imports_rmb_tn,
    total_usd_tn
from {{ ref('stg_inputs__total_trade_press') }}
where {{ gate_is_open() }}
