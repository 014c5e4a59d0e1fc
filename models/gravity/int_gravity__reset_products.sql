-- Products around means of the sample and, in two more slots, the powers of the pooled fit: what
-- the specification error test reads.
{% set powers = slots() + [var('max_terms') + 1, var('max_terms') + 2] -%}
with pooled as (
    select
        {% for k in slots() -%}
            b{{ k }},
        {% endfor -%}
        study_id,
        spec_id
    from {{ ref('int_gravity__coefficients') }}
    where estimator = 'pooled'
),

fit_powers as (
    {{ fit_powers(ref('int_gravity__sample'), 'pooled', ['study_id', 'spec_id'], slots()) }}
),

power_means as (
    {{ slot_means('fit_powers', ['study_id', 'spec_id'], powers) }}
)

{{ centred_products('fit_powers', 'power_means', ['study_id', 'spec_id'], powers) }}
