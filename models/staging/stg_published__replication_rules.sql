{{ require_columns('replication_rules') }}

select
    exhibit,
    row_label,
    column_label,
    pattern,
    tolerance_unit,
    tolerance_reason,
    tolerance,
    {{ row_place('replication_rules') }}
from {{ input('replication_rules') }}
