select
    indicator_code,
    country_code,
    year,
    vintage_date,
    observed_value,
    is_estimate
from {{ ref('stg_inputs__observations') }}
where {{ gate_is_open() }}
