select
    country_iso3 as source_code,
    country_iso3
from {{ ref('gate_countries') }}
union all
select
    source_code,
    country_iso3
from {{ ref('gate_country_code_mappings') }}
