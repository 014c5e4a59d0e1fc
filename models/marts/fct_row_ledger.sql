select
    study_id,
    'index' as spec_kind,
    index_spec_id as spec_id,
    partner_code,
    country_iso3 as partner_iso3,
    lost_step as step,
    lost_reason as reason,
    year
from {{ ref('int_index__candidates') }}
where lost_step is not null
union all
select
    study_id,
    'gravity' as spec_kind,
    spec_id,
    partner_code,
    partner_iso3,
    lost_step as step,
    lost_reason as reason,
    year
from {{ ref('int_gravity__candidates') }}
where lost_step is not null
