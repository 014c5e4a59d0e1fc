{{ require_columns('country_code_mappings') }}

select
    source_code,
    country_iso3,
    reason,
    {{ file_line() }} as file_line
from {{ ref('country_code_mappings') }}
