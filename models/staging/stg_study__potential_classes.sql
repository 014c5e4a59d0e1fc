{{ require_columns('potential_classes') }}

select
    potential_class,
    class_label,
    display_order,
    k_lower,
    k_upper,
    is_lower_inclusive,
    is_upper_inclusive,
    {{ row_place('potential_classes') }}
from {{ input('potential_classes') }}
