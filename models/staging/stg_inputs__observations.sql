{{ require_columns('observations') }}

select
    indicator_code,
    country_code,
    year,
    vintage_date,
    observed_value,
    is_estimate,
    {{ file_line() }} as file_line
from {{ ref('observations') }}
