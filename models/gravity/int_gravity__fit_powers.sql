-- The sample with the powers 2 and 3 of the pooled fit in two more slots, for the specification
-- error test; stored so that sums keep one order.
with pooled as (
    select
        {% for k in slots() -%}
            b{{ k }},
        {% endfor -%}
        study_id,
        spec_id
    from {{ ref('est_gravity_fits') }}
    where estimator = 'pooled' and b0 is not null
),

powers as (
    {{ fit_powers(
        ref('int_gravity__shifted_sample'), 'pooled', ['study_id', 'spec_id'], slots(),
        labels=['pair_id', 'year']
    ) }}
)

select
    study_id,
    spec_id,
    pair_id,
    {% for k in power_slots() -%}
        v{{ k }},
    {% endfor -%}
    year
from powers
order by study_id, spec_id, pair_id, year
