{{ require_columns('index_terms') }}

select
    index_spec_id,
    variable,
    transform,
    reason,
    position,
    direction_sign,
    fixed_weight,
    {{ row_place('index_terms') }}
from {{ input('index_terms') }}
