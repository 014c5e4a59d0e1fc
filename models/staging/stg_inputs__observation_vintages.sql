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
    {{ file_line() }} as file_line
from {{ ref('observation_vintages') }}
