with shifted as (
    {{ shifted_rows(
        ref('int_gravity__sample'), ref('int_gravity__origins'), ['study_id', 'spec_id'], slots(),
        labels=['pair_id', 'year']
    ) }}
)

select
    study_id,
    spec_id,
    pair_id,
    {% for k in slots() -%}
        v{{ k }},
    {% endfor -%}
    year
from shifted
order by study_id, spec_id, pair_id, year   -- sums keep one order
