{{ grand_means(ref('int_gravity__pair_means'), ['study_id', 'spec_id'], slots()) }}
