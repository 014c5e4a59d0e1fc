select
    indicator_code,
    vintage_date,
    vintage_date_kind,
    copy_repository,
    copy_commit,
    value_count,
    economy_count,
    first_year,
    last_year,
    withdrawn_count
from {{ ref('stg_inputs__observation_vintages') }}
where {{ gate_is_open() }}
