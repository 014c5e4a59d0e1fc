{{ require_columns('total_trade_press') }}

select
    country_code,
    outlet,
    note,
    source_id,
    year,
    total_rmb_tn,
    exports_rmb_tn,
    imports_rmb_tn,
    total_usd_tn,
    {{ row_place('total_trade_press') }}
from {{ input('total_trade_press') }}
