{{ require_columns('replication_rules') }}

select
    exhibit,
    row_label,
    column_label,
    pattern,
    tolerance_unit,
    tolerance_reason,
    tolerance,
    {{ file_line() }} as file_line
from {{ ref('replication_rules') }}
