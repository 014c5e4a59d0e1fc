{{ require_columns('gravity_specifications') }}

select
    spec_id,
    spec_name,
    index_spec_id,
    outcome_scaling,
    outcome_transform,
    description,
    outcome_divisor_usd,
    confidence_level,
    {{ row_place('gravity_specifications') }}
from {{ input('gravity_specifications') }}
