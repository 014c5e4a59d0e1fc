{{ require_columns('study_partners') }}

select
    study_id,
    partner_iso3,
    display_order,
    {{ row_place('study_partners') }}
from {{ input('study_partners') }}
