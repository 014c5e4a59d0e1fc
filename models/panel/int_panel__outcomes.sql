-- The trade that a study measures, from its source; what is not there says why.
with baci_years as (
    select
        min(year) as first_year,
        max(year) as last_year
    from {{ ref('int_panel__baci_economies') }}
)

select
    candidates.study_id,
    candidates.reporter_code,
    candidates.reporter_iso3,
    candidates.partner_code,
    candidates.partner_iso3,
    candidates.pair_id,
    candidates.trade_source,
    shares.quote_kind as ecommerce_quote_kind,
    shares.lineage as ecommerce_lineage,
    candidates.year,
    flows.exports_usd,
    flows.imports_usd,
    shares.ecommerce_share,
    case
        when candidates.trade_source = 'own' then own.value_usd
        when studies.flow = 'exports' then flows.exports_usd
        when studies.flow = 'imports' then flows.imports_usd
        -- one direction missing: the total is unknown
        when studies.flow = 'total' then flows.exports_usd + flows.imports_usd
    end as goods_trade_usd,
    case
        when candidates.trade_source = 'own'
            then 'no figure in the series of one''s own'
        when flows.year is not null or candidates.trade_source = 'national'
            then
                case
                    when flows.exports_usd is null and flows.imports_usd is null
                        then 'no trade reported'
                    when flows.exports_usd is null then 'no exports reported'
                    else 'no imports reported'
                end
        when candidates.year > baci_years.last_year
            then 'BACI has no figures after ' || baci_years.last_year
        when candidates.year < baci_years.first_year
            then 'BACI has no figures before ' || baci_years.first_year
        when reporters.year is null
            then 'BACI lists no trade of ' || candidates.reporter_code || ' in the year'
        else 'BACI lists no trade of ' || candidates.partner_code || ' in the year'
    end as trade_missing_reason,
    coalesce(shares.missing_reason, 'no e-commerce volume for the year')
        as ecommerce_missing_reason,
    coalesce(flows.is_export_unreported and studies.flow <> 'imports', false)
    or coalesce(flows.is_import_unreported and studies.flow <> 'exports', false) as is_unreported
from {{ ref('int_panel__pair_years') }} as candidates
inner join {{ ref('stg_study__studies') }} as studies
    on candidates.study_id = studies.study_id
cross join baci_years
left join {{ ref('int_panel__flows') }} as flows
    on
        candidates.trade_source = flows.trade_source
        and candidates.reporter_code = flows.reporter_code
        and candidates.partner_code = flows.partner_code
        and candidates.year = flows.year
left join {{ ref('int_panel__own_outcomes') }} as own
    on
        candidates.study_id = own.study_id
        and candidates.reporter_code = own.reporter_code
        and candidates.partner_code = own.partner_code
        and candidates.year = own.year
left join {{ ref('int_panel__baci_economies') }} as reporters
    on
        candidates.reporter_code = reporters.country_code
        and candidates.year = reporters.year
left join {{ ref('int_panel__ecommerce_shares') }} as shares
    on
        candidates.study_id = shares.study_id
        and candidates.year = shares.year
