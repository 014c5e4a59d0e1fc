{{ require_columns('index_terms') }}

select
    index_spec_id,
    variable,
    transform,
    reason,
    position,
    direction_sign,
    fixed_weight,
    {{ file_line() }} as file_line
from {{ ref('index_terms') }}
