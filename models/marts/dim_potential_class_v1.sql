-- Version 1: the cuts of every study without rows of its own.
select
    potential_class,
    class_label,
    display_order,
    k_lower,
    k_upper,
    is_lower_inclusive,
    is_upper_inclusive,
    {{ class_meaning() }} as meaning
from {{ ref('stg_study__potential_classes') }}
where study_id = 'all' and {{ gate_is_open() }}
