{{ require_columns('imputation_rules') }}

select
    indicator_code,
    method,
    reason,
    max_years,
    {{ file_line() }} as file_line
from {{ ref('imputation_rules') }}
