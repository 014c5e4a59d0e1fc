-- What a class says follows from its bounds.
select
    study_id,
    potential_class,
    class_label,
    display_order,
    k_lower,
    k_upper,
    is_lower_inclusive,
    is_upper_inclusive,
    {{ one_key(['study_id', 'potential_class']) }} as class_key,
    {{ class_meaning() }} as meaning
from {{ ref('int_panel__classes') }}
where {{ gate_is_open() }}
