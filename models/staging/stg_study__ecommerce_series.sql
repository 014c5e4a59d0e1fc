{{ require_columns('ecommerce_series') }}

select
    series_id,
    quote_id,
    reason,
    year,
    {{ row_place('ecommerce_series') }}
from {{ input('ecommerce_series') }}
