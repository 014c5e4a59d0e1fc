{{ require_columns('country_code_mappings') }}

select
    source_code,
    country_iso3,
    reason,
    {{ row_place('country_code_mappings') }}
from {{ input('country_code_mappings') }}
