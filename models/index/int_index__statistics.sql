{{ slot_statistics(ref('int_index__complete'), ['study_id', 'index_spec_id'], slots(1)) }}
