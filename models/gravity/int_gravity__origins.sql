{{ slot_origins(ref('int_gravity__sample'), ['study_id', 'spec_id'], slots()) }}
