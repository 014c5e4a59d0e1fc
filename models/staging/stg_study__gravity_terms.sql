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
    {{ row_place('gravity_terms') }}
from {{ input('gravity_terms') }}
