{{ slot_means(ref('int_gravity__shifted_sample'), ['study_id', 'spec_id', 'pair_id'], slots()) }}
order by study_id, spec_id, pair_id   -- sums over pairs keep one order
