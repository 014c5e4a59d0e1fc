{{ require_columns('gravity_term_exceptions') }}

select
    spec_id,
    term,
    country_iso3,
    variable,
    reason,
    {{ row_place('gravity_term_exceptions') }}
from {{ input('gravity_term_exceptions') }}
