select
    study_id,
    index_spec_id,
    country_iso3,
    missing_indicators,
    year,
    cast(
        rank() over (
            partition by study_id, index_spec_id, year
            order by development_index desc
        ) as integer
    ) as index_rank,
    development_index,
    development_index_se,
    composite_score,
    imputed_share,
    indicator_count,
    is_partial,
    {{ one_key(['study_id', 'country_iso3', 'cast(year as varchar)']) }} as country_year_key
from {{ ref('int_index__scores') }}
