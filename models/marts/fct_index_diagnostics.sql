select
    study_id,
    index_spec_id,
    item as diagnostic,
    variable,
    status,
    reason,
    cast(component as integer) as component,
    value as diagnostic_value,
    cast(df as integer) as df,
    p_value
from {{ ref('est_index') }}
where item not in ('loading', 'weight', 'component_weight')
