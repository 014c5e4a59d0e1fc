{{ require_columns('trade_agreements') }}

select
    agreement,
    country_code,
    status,
    status_date,
    date_precision,
    source_note,
    source_id,
    {{ file_line() }} as file_line
from {{ ref('trade_agreements') }}
