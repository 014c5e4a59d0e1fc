{{ require_columns('observation_vintages') }}

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
    withdrawn_count,
    {{ row_place('observation_vintages') }}
from {{ input('observation_vintages') }}
