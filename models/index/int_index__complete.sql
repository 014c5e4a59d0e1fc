select
    study_id,
    index_spec_id,
    country_iso3,
    year,
    {% for k in slots(1) -%}
        v{{ k }},
    {% endfor -%}
    indicator_count
from {{ ref('int_index__sample') }}
where not is_partial
order by study_id, index_spec_id, country_iso3, year   -- sums over rows keep one order
