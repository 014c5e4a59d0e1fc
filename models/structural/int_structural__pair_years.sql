-- Every ordered pair of an exporter and an importer of a year with its recorded trade, 0 where
-- none is recorded, and the agreement in force.
with economies as (
    select
        study_id,
        country_iso3,
        year,
        max(case when is_exporter then 1 else 0 end) = 1 as is_exporter,
        max(case when is_importer then 1 else 0 end) = 1 as is_importer
    from {{ ref('int_structural__economies') }}
    where lost_step is null
    group by study_id, country_iso3, year
),

flows as (
    select
        exporters.country_iso3 as exporter_iso3,
        importers.country_iso3 as importer_iso3,
        flows.year,
        sum(flows.trade_usd) as trade_usd
    from {{ ref('gate_world_trade') }} as flows
    inner join {{ ref('int_panel__country_codes') }} as exporters
        on flows.exporter_code = exporters.source_code
    inner join {{ ref('int_panel__country_codes') }} as importers
        on flows.importer_code = importers.source_code
    group by exporters.country_iso3, importers.country_iso3, flows.year
)

select
    exporters.study_id,
    exporters.country_iso3 as exporter_iso3,
    importers.country_iso3 as importer_iso3,
    exporters.year,
    coalesce(agreements.agreement_depth, 0) as agreement_depth,
    coalesce(flows.trade_usd, 0.0) as trade_usd,
    flows.trade_usd is null as is_unreported
from economies as exporters
inner join economies as importers
    on
        exporters.study_id = importers.study_id
        and exporters.year = importers.year
        and exporters.is_exporter
        and importers.is_importer
        and exporters.country_iso3 <> importers.country_iso3
left join {{ ref('int_structural__agreements') }} as agreements
    on
        least(exporters.country_iso3, importers.country_iso3) = agreements.country_iso3_a
        and greatest(exporters.country_iso3, importers.country_iso3) = agreements.country_iso3_b
        and exporters.year = agreements.year
left join flows
    on
        exporters.country_iso3 = flows.exporter_iso3
        and importers.country_iso3 = flows.importer_iso3
        and exporters.year = flows.year
order by exporters.study_id, exporters.year, exporters.country_iso3, importers.country_iso3
