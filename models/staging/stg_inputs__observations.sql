{{ require_columns('observations') }}

select
    indicator_code,
    country_code,
    year,
    vintage_date,
    observed_value,
    is_estimate,
    {{ row_place('observations') }}
from {{ input('observations') }}
