{{ shifted_rows(
    ref('int_gravity__sample'), ref('int_gravity__origins'), ['study_id', 'spec_id'], slots(),
    labels=['pair_id', 'year']
) }}
order by rows_.study_id, rows_.spec_id, rows_.pair_id, rows_.year   -- sums keep one order
