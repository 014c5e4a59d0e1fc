select
    study_id,
    index_spec_id,
    country_iso3,
    available_slots,
    missing_indicators,
    year,
    {% for k in slots(1) -%}
        v{{ k }},
    {% endfor -%}
    imputed_share,
    indicator_count,
    is_partial
from {{ ref('int_index__candidates') }}
where lost_step is null
order by study_id, index_spec_id, country_iso3, year   -- sums over rows keep one order
