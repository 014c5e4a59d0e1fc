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
    {{ file_line() }} as file_line
from {{ ref('total_trade_press') }}
