-- Products around means of the sample and, in two more slots, the powers of the pooled fit: what
-- the specification error test reads.
{{ power_products(ref('int_gravity__fit_powers'), ['study_id', 'spec_id'], slots()) }}
