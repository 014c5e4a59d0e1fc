-- The sample of PPML: that of the logarithms, and the partner-years without trade.
select
    study_id,
    spec_id,
    partner_iso3,
    scale_kind,
    outcome_transform,
    year,
    actual_usd,
    outcome_divisor_usd,
    {% for k in slots() -%}
        v{{ k }},
    {% endfor -%}
    imputed_share
from {{ ref('int_gravity__candidates') }}
where lost_step is null or lost_reason = '{{ zero_trade() }}'
order by study_id, spec_id, partner_iso3, year
