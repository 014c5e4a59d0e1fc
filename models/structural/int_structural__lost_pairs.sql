-- Pairs of economies of the sample that have no value of a term, and their years.
with traders as (
    select distinct
        study_id,
        spec_id,
        country_iso3
    from {{ ref('int_structural__economies') }}
    where lost_step is null
),

missing as (
    select
        exporters.study_id,
        exporters.spec_id,
        exporters.country_iso3 as exporter_iso3,
        importers.country_iso3 as importer_iso3,
        coalesce('no value for ' || terms.missing_terms, 'no pair in world_pairs') as lost_reason
    from traders as exporters
    inner join traders as importers
        on
            exporters.study_id = importers.study_id
            and exporters.spec_id = importers.spec_id
            and exporters.country_iso3 <> importers.country_iso3
    left join {{ ref('int_structural__pair_terms') }} as terms
        on
            exporters.spec_id = terms.spec_id
            and exporters.country_iso3 = terms.exporter_iso3
            and importers.country_iso3 = terms.importer_iso3
            and terms.agreement_depth = 0
    where terms.spec_id is null or terms.missing_terms is not null
)

select
    missing.study_id,
    missing.spec_id,
    missing.exporter_iso3,
    missing.importer_iso3,
    missing.lost_reason,
    exporters.year
from missing
inner join {{ ref('int_structural__economies') }} as exporters
    on
        missing.study_id = exporters.study_id
        and missing.spec_id = exporters.spec_id
        and missing.exporter_iso3 = exporters.country_iso3
        and exporters.is_exporter
inner join {{ ref('int_structural__economies') }} as importers
    on
        missing.study_id = importers.study_id
        and missing.spec_id = importers.spec_id
        and missing.importer_iso3 = importers.country_iso3
        and exporters.year = importers.year
        and importers.is_importer
