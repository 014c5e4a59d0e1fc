-- Products around means of the sample and, in two more slots, the powers of the pooled fit: what
-- the specification error test reads.
with power_means as (
    {{ slot_means(ref('int_gravity__fit_powers'), ['study_id', 'spec_id'], power_slots()) }}
)

{{ centred_products(
    ref('int_gravity__fit_powers'), 'power_means', ['study_id', 'spec_id'], power_slots()
) }}
