select
    study_id,
    index_spec_id,
    country_iso3,
    year,
    cast(
        rank() over (
            partition by study_id, index_spec_id, year
            order by development_index desc
        ) as integer
    ) as index_rank,
    development_index,
    composite_score,
    imputed_share
from {{ ref('int_index__scores') }}
