{{ require_columns('exhibits') }}

select
    exhibit,
    exhibit_title,
    unit,
    position,
    {{ row_place('exhibits') }}
from {{ input('exhibits') }}
