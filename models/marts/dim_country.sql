select
    countries.country_iso3,
    countries.country_iso2,
    countries.country_numeric_code,
    countries.country_name,
    countries.income_group,
    countries.un_region,
    countries.source_id,
    sources.citation as source,
    countries.latitude_deg,
    countries.longitude_deg,
    countries.is_landlocked,
    countries.is_un_member
from {{ ref('gate_countries') }} as countries
inner join {{ ref('gate_sources') }} as sources
    on countries.source_id = sources.source_id
