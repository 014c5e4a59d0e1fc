-- Candidates with the sides on which they trade with another economy of the sample, in pairs whose
-- terms are known: without any export an economy has no effect as an exporter of the year, without
-- any import none as importer.
with placed as (
    select
        study_id,
        spec_id,
        country_iso3,
        year
    from {{ ref('int_structural__candidates') }}
    where lost_step is null
),

flows as (
    select
        terms.spec_id,
        exporters.country_iso3 as exporter_iso3,
        importers.country_iso3 as importer_iso3,
        flows.year
    from {{ ref('gate_world_trade') }} as flows
    inner join {{ ref('int_panel__country_codes') }} as exporters
        on flows.exporter_code = exporters.source_code
    inner join {{ ref('int_panel__country_codes') }} as importers
        on flows.importer_code = importers.source_code
    inner join {{ ref('int_structural__pair_terms') }} as terms
        on
            exporters.country_iso3 = terms.exporter_iso3
            and importers.country_iso3 = terms.importer_iso3
            and terms.agreement_depth = 0
            and terms.missing_terms is null
    where flows.trade_usd > 0
),

sides as (
    select
        exporters.study_id,
        exporters.spec_id,
        flows.year,
        case sides.side when 'exports' then flows.exporter_iso3 else flows.importer_iso3 end
            as country_iso3,
        max(case sides.side when 'exports' then 1 else 0 end) as exports,
        max(case sides.side when 'imports' then 1 else 0 end) as imports
    from flows
    inner join placed as exporters
        on
            flows.spec_id = exporters.spec_id
            and flows.exporter_iso3 = exporters.country_iso3
            and flows.year = exporters.year
    inner join placed as importers
        on
            exporters.study_id = importers.study_id
            and exporters.spec_id = importers.spec_id
            and flows.importer_iso3 = importers.country_iso3
            and flows.year = importers.year
    cross join (values ('exports'), ('imports')) as sides (side)
    group by
        exporters.study_id,
        exporters.spec_id,
        case sides.side when 'exports' then flows.exporter_iso3 else flows.importer_iso3 end,
        flows.year
)

select
    candidates.study_id,
    candidates.spec_id,
    candidates.country_code,
    candidates.country_iso3,
    candidates.year,
    candidates.development_index,
    case
        when candidates.lost_step is not null then candidates.lost_step
        when sides.country_iso3 is null then 'trade_flow'
    end as lost_step,
    case
        when candidates.lost_step is not null then candidates.lost_reason
        when sides.country_iso3 is null then 'no trade with an economy of the sample'
    end as lost_reason,
    coalesce(sides.exports, 0) = 1 as is_exporter,
    coalesce(sides.imports, 0) = 1 as is_importer
from {{ ref('int_structural__candidates') }} as candidates
left join sides
    on
        candidates.study_id = sides.study_id
        and candidates.spec_id = sides.spec_id
        and candidates.country_iso3 = sides.country_iso3
        and candidates.year = sides.year
