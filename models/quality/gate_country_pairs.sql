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
    is_partner_landlocked
from {{ ref('stg_inputs__country_pairs') }}
where {{ gate_is_open() }}
