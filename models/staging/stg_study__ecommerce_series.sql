{{ require_columns('ecommerce_series') }}

select
    series_id,
    quote_id,
    reason,
    year,
    {{ file_line() }} as file_line
from {{ ref('ecommerce_series') }}
