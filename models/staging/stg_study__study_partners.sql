{{ require_columns('study_partners') }}

select
    study_id,
    partner_iso3,
    display_order,
    {{ file_line() }} as file_line
from {{ ref('study_partners') }}
