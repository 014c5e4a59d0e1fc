{{ require_columns('replication_figures') }}

select
    replication_id,
    series_kind,
    series_of,
    series,
    row_count,
    fingerprint,
    {{ row_place('replication_figures') }}
from {{ input('replication_figures') }}
