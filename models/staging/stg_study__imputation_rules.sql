{{ require_columns('imputation_rules') }}

select
    indicator_code,
    method,
    reason,
    max_years,
    {{ row_place('imputation_rules') }}
from {{ input('imputation_rules') }}
