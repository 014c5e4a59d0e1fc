{{ require_columns('replication_reasons') }}

select
    replication_id,
    exhibit,
    row_label,
    column_label,
    status,
    why,
    settled_by,
    {{ row_place('replication_reasons') }}
from {{ input('replication_reasons') }}
