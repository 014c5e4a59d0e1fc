{{ require_columns('replication_reasons') }}

select
    replication_id,
    exhibit,
    row_label,
    column_label,
    status,
    why,
    settled_by,
    {{ file_line() }} as file_line
from {{ ref('replication_reasons') }}
