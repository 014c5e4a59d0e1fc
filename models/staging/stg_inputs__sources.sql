{{ require_columns('sources') }}

select
    source_id,
    publisher,
    dataset,
    licence,
    citation,
    vintage,
    caveat,
    {{ row_place('sources') }}
from {{ input('sources') }}
