{{ require_columns('potential_classes') }}

select
    potential_class,
    class_label,
    meaning,
    display_order,
    k_lower,
    k_upper,
    is_lower_inclusive,
    is_upper_inclusive,
    {{ file_line() }} as file_line
from {{ ref('potential_classes') }}
