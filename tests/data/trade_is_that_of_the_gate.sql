-- Trade of a study is what the gate has let through between the two of a pair, times the share by
-- which the study scales it: sums by study, specification and year, of the pairs that have a row.
-- To 1e-9: some thousand additions in another order.
with codes as (
    select
        country_iso3 as source_code,
        country_iso3
    from {{ ref('gate_countries') }}
    union all
    select
        source_code,
        country_iso3
    from {{ ref('gate_country_code_mappings') }}
    where country_iso3 is not null
),

-- both sources as their reporters see them
flows as (
    select
        'national' as trade_source,
        cast(null as varchar) as series_id,
        reporter_code,
        partner_code,
        flow || 's' as flow,
        year,
        trade_usd
    from {{ ref('gate_trade_flows') }}
    union all
    select
        'baci' as trade_source,
        cast(null as varchar) as series_id,
        case sides.flow when 'exports' then world.exporter_code else world.importer_code end
            as reporter_code,
        case sides.flow when 'exports' then world.importer_code else world.exporter_code end
            as partner_code,
        sides.flow,
        world.year,
        world.trade_usd
    from {{ ref('gate_world_trade') }} as world
    cross join (values ('exports'), ('imports')) as sides (flow)
    where
        exists (
            select 1
            from {{ ref('fct_trade_potential') }} as potential
            where potential.trade_source = 'baci'
        )
    union all
    select
        'own' as trade_source,
        series_id,
        reporter_iso3 as reporter_code,
        partner_iso3 as partner_code,
        'as the study says' as flow,
        year,
        value_usd as trade_usd
    from {{ ref('gate_own_outcomes') }}
),

-- of every estimator the same, as another test of the mart sees to
traded as (
    select
        potential.study_id,
        potential.spec_id,
        potential.reporter_iso3,
        potential.partner_iso3,
        potential.year,
        potential.trade_source,
        max(case when potential.scale_kind is null then 1 else shares.ecommerce_share end) as scale,
        max(potential.actual_usd) as actual_usd
    from {{ ref('fct_trade_potential') }} as potential
    left join {{ ref('int_panel__ecommerce_shares') }} as shares
        on
            potential.study_id = shares.study_id
            and potential.year = shares.year
    group by
        potential.study_id,
        potential.spec_id,
        potential.reporter_iso3,
        potential.partner_iso3,
        potential.year,
        potential.trade_source
),

let_through as (
    select
        traded.study_id,
        traded.spec_id,
        traded.year,
        sum(traded.scale * flows.trade_usd) as actual_usd
    from traded
    inner join {{ ref('dim_study') }} as studies
        on traded.study_id = studies.study_id
    inner join codes as reporters
        on traded.reporter_iso3 = reporters.country_iso3
    inner join codes as partners
        on traded.partner_iso3 = partners.country_iso3
    inner join flows
        on
            traded.trade_source = flows.trade_source
            and reporters.source_code = flows.reporter_code
            and partners.source_code = flows.partner_code
            and traded.year = flows.year
            and (
                (traded.trade_source <> 'own' and studies.flow in (flows.flow, 'total'))
                or studies.ecommerce_series = flows.series_id
            )
    group by traded.study_id, traded.spec_id, traded.year
),

published as (
    select
        study_id,
        spec_id,
        year,
        sum(actual_usd) as actual_usd
    from traded
    group by study_id, spec_id, year
)

select
    {{ complaint_of(
        file="'fct_trade_potential'",
        key="published.study_id || ', ' || published.spec_id || ', ' || published.year",
        column="'actual_usd'",
        value="published.actual_usd || ', by the gate '"
        ~ " || coalesce(cast(let_through.actual_usd as varchar), 'nothing')",
        rule="'trade of the pairs is that of the gate, times the share of the study'"
    ) }}
from published
left join let_through
    on
        published.study_id = let_through.study_id
        and published.spec_id = let_through.spec_id
        and published.year = let_through.year
where
    not abs(published.actual_usd - coalesce(let_through.actual_usd, 0))
    <= 1e-9 * published.actual_usd
