{{ require_columns('replication_findings') }}

select
    finding_id,
    finding,
    measure,
    comparison,
    unit,
    position,
    threshold,
    {{ row_place('replication_findings') }}
from {{ input('replication_findings') }}
