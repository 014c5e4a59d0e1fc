{{ require_columns('country_pairs') }}

select
    reporter_code,
    partner_code,
    source_id,
    distance_km,
    distance_capitals_km,
    distance_weighted_km,
    is_contiguous,
    has_common_official_language,
    had_colonial_tie,
    is_partner_landlocked,
    {{ row_place('country_pairs') }}
from {{ input('country_pairs') }}
