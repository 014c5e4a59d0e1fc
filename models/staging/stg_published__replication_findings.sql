{{ require_columns('replication_findings') }}

select
    finding_id,
    finding,
    measure,
    comparison,
    unit,
    position,
    threshold,
    {{ file_line() }} as file_line
from {{ ref('replication_findings') }}
