select
    potential_class,
    class_label,
    meaning,
    display_order,
    k_lower,
    k_upper,
    is_lower_inclusive,
    is_upper_inclusive
from {{ ref('stg_study__potential_classes') }}
where {{ gate_is_open() }}
