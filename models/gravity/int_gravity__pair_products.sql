-- Products within each pair: the only other pass over the rows; everything later reads pairs.
{{ products_by_pair(
    ref('int_gravity__shifted_sample'), ref('int_gravity__pair_means'), ['study_id', 'spec_id'], 'pair_id', slots()
) }}
