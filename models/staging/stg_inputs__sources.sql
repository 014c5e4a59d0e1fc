{{ require_columns('sources') }}

select
    source_id,
    publisher,
    dataset,
    licence,
    citation,
    vintage,
    caveat,
    {{ file_line() }} as file_line
from {{ ref('sources') }}
