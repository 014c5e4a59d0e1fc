{{ require_columns('gravity_terms') }}

select
    spec_id,
    term,
    variable,
    transform,
    side,
    position,
    divisor,
    floor_value,
    {{ file_line() }} as file_line
from {{ ref('gravity_terms') }}
