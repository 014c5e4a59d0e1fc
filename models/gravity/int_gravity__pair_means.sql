{{ means_by_pair(ref('int_gravity__shifted_sample'), ['study_id', 'spec_id'], 'pair_id', slots()) }}
