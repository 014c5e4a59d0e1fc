select
    source_id,
    publisher,
    dataset,
    licence,
    citation,
    vintage,
    caveat
from {{ ref('stg_inputs__sources') }}
where {{ gate_is_open() }}
