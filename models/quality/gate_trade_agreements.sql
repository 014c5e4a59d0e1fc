select
    agreement,
    country_code,
    status,
    status_date,
    date_precision,
    source_note,
    source_id
from {{ ref('stg_inputs__trade_agreements') }}
where {{ gate_is_open() }}
