with flows as (
    select
        reporter_code,
        partner_code,
        year,
        max(case when flow = 'export' then trade_usd end) as exports_usd,
        max(case when flow = 'import' then trade_usd end) as imports_usd
    from {{ ref('gate_trade_flows') }}
    group by reporter_code, partner_code, year
)

select
    candidates.study_id,
    candidates.reporter_code,
    candidates.reporter_iso3,
    candidates.partner_code,
    candidates.partner_iso3,
    candidates.pair_id,
    shares.quote_kind as ecommerce_quote_kind,
    shares.lineage as ecommerce_lineage,
    candidates.year,
    flows.exports_usd,
    flows.imports_usd,
    shares.ecommerce_share,
    case studies.flow
        when 'exports' then flows.exports_usd
        when 'imports' then flows.imports_usd
        -- one direction missing: the total is unknown
        when 'total' then flows.exports_usd + flows.imports_usd
    end as goods_trade_usd,
    coalesce(shares.missing_reason, 'no e-commerce volume for the year')
        as ecommerce_missing_reason
from {{ ref('int_panel__pair_years') }} as candidates
inner join {{ ref('stg_study__studies') }} as studies
    on candidates.study_id = studies.study_id
left join flows
    on
        candidates.reporter_code = flows.reporter_code
        and candidates.partner_code = flows.partner_code
        and candidates.year = flows.year
left join {{ ref('int_panel__ecommerce_shares') }} as shares
    on
        candidates.study_id = shares.study_id
        and candidates.year = shares.year
