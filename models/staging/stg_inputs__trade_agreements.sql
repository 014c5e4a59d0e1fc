{{ require_columns('trade_agreements') }}

select
    agreement,
    country_code,
    status,
    status_date,
    date_precision,
    source_note,
    source_id,
    {{ row_place('trade_agreements') }}
from {{ input('trade_agreements') }}
