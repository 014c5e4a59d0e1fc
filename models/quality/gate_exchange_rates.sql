select
    country_code,
    currency,
    definition,
    source_id,
    year,
    lcu_per_usd
from {{ ref('stg_inputs__exchange_rates') }}
where {{ gate_is_open() }}
