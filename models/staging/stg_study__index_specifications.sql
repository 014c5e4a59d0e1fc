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
    {{ file_line() }} as file_line
from {{ ref('index_specifications') }}
