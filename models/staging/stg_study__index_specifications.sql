{{ require_columns('index_specifications') }}

select
    index_spec_id,
    index_name,
    method,
    normalisation,
    component_rule,
    anchor_variable,
    description,
    component_threshold,
    {{ row_place('index_specifications') }}
from {{ input('index_specifications') }}
