{{ require_columns('replications') }}

select
    replication_id,
    replication_name,
    study_id,
    index_spec_id,
    spec_id,
    estimator,
    covariance,
    k_study_id,
    k_spec_id,
    k_estimator,
    description,
    position,
    {{ row_place('replications') }}
from {{ input('replications') }}
