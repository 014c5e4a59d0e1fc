-- Trade of reporters with partners by each source that a study may name. Sources are never mixed: a
-- country's own report values imports with freight and insurance, BACI reconciles both reports.
-- BACI lists positive flows only: another one of two economies that it lists in the year is zero,
-- or not recorded, and is marked.
with reporters as (
    select distinct economies.country_code
    from {{ ref('stg_study__studies') }} as studies
    inner join {{ ref('int_panel__baci_economies') }} as economies
        on
            studies.reporter_scope = 'all_reported'
            or studies.reporter_iso3 = economies.country_code
    where
        studies.trade_source = 'baci'
        and studies.study_id in (select runs.study_id from {{ ref('int_panel__runs') }} as runs)
),

baci_pairs as (
    select
        reporters.country_code as reporter_code,
        partners.country_code as partner_code,
        partners.year
    from reporters
    inner join {{ ref('int_panel__baci_economies') }} as own
        on reporters.country_code = own.country_code
    inner join {{ ref('int_panel__baci_economies') }} as partners
        on
            own.year = partners.year
            and own.country_code <> partners.country_code
)

select
    'national' as trade_source,
    reporter_code,
    partner_code,
    year,
    max(case when flow = 'export' then trade_usd end) as exports_usd,
    max(case when flow = 'import' then trade_usd end) as imports_usd,
    false as is_export_unreported,
    false as is_import_unreported
from {{ ref('gate_trade_flows') }}
group by reporter_code, partner_code, year
union all
select
    'baci' as trade_source,
    pairs.reporter_code,
    pairs.partner_code,
    pairs.year,
    coalesce(exports.trade_usd, 0) as exports_usd,
    coalesce(imports.trade_usd, 0) as imports_usd,
    exports.trade_usd is null as is_export_unreported,
    imports.trade_usd is null as is_import_unreported
from baci_pairs as pairs
left join {{ ref('gate_world_trade') }} as exports
    on
        pairs.reporter_code = exports.exporter_code
        and pairs.partner_code = exports.importer_code
        and pairs.year = exports.year
left join {{ ref('gate_world_trade') }} as imports
    on
        pairs.partner_code = imports.exporter_code
        and pairs.reporter_code = imports.importer_code
        and pairs.year = imports.year
