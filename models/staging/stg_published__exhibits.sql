{{ require_columns('exhibits') }}

select
    exhibit,
    exhibit_title,
    unit,
    position,
    {{ file_line() }} as file_line
from {{ ref('exhibits') }}
