select
    study_id,
    spec_id,
    partner_iso3,
    scale_kind,
    year,
    actual_usd,
    {% for k in slots() -%}
        v{{ k }},
    {% endfor -%}
    imputed_share
from {{ ref('int_gravity__candidates') }}
where lost_step is null
order by study_id, spec_id, partner_iso3, year   -- scans by pair cost half, sums keep one order
