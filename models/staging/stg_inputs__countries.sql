{{ require_columns('countries') }}

select
    country_iso3,
    country_iso2,
    country_numeric_code,
    country_name,
    income_group,
    un_region,
    source_id,
    latitude_deg,
    longitude_deg,
    is_landlocked,
    is_un_member,
    {{ row_place('countries') }}
from {{ input('countries') }}
