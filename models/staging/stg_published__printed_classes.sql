{{ require_columns('printed_classes') }}

select
    potential_class,
    source,
    display_order,
    k_lower,
    k_upper,
    is_lower_inclusive,
    is_upper_inclusive,
    {{ row_place('printed_classes') }}
from {{ input('printed_classes') }}
