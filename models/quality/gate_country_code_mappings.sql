select
    source_code,
    country_iso3,
    reason
from {{ ref('stg_inputs__country_code_mappings') }}
where {{ gate_is_open() }}
