{{ require_columns('gravity_term_exceptions') }}

select
    spec_id,
    term,
    country_iso3,
    variable,
    reason,
    {{ file_line() }} as file_line
from {{ ref('gravity_term_exceptions') }}
