-- K of every panel specification of goods trade, and that of other structural specifications where
-- its class is another, as either of the two economies sees it.
with sides as (
    select names_.side
    from (values ('exporter'), ('importer')) as names_ (side)
)

select
    potential.study_id,
    potential.spec_id,
    potential.estimator,
    potential.reporter_iso3,
    potential.partner_iso3,
    studies.flow,
    studies.trade_source,
    potential.potential_class as other_class,
    potential.year,
    potential.k_ratio as other_k_ratio,
    case when potential.k_ratio > 0 then ln(outcomes.goods_trade_usd) end as log_trade,
    case when potential.k_ratio > 0 then ln(potential.k_ratio / potential.k_mean_ratio) end
        as mean_for_median_log,
    potential.is_default,
    false as is_structural
from {{ ref('fct_trade_potential') }} as potential
inner join {{ ref('dim_study') }} as studies
    on potential.study_id = studies.study_id
inner join {{ ref('int_panel__outcomes') }} as outcomes
    on
        potential.study_id = outcomes.study_id
        and potential.reporter_iso3 = outcomes.reporter_iso3
        and potential.partner_iso3 = outcomes.partner_iso3
        and potential.year = outcomes.year
where potential.k_status = 'ok' and potential.trade_source <> 'own'
union all
select
    flows.study_id,
    flows.spec_id,
    studies.default_estimator as estimator,
    case sides.side when 'exporter' then flows.exporter_iso3 else flows.importer_iso3 end
        as reporter_iso3,
    case sides.side when 'exporter' then flows.importer_iso3 else flows.exporter_iso3 end
        as partner_iso3,
    case
        when flows.flow = 'total' then 'total'
        when sides.side = 'exporter' then 'exports'
        else 'imports'
    end as flow,
    studies.trade_source,
    flows.potential_class as other_class,
    flows.year,
    flows.k_ratio as other_k_ratio,
    cast(null as double precision) as log_trade,
    0.0 as mean_for_median_log,
    false as is_default,
    true as is_structural
from {{ ref('int_structural__other_flows') }} as flows
inner join {{ ref('dim_study') }} as studies
    on flows.study_id = studies.study_id
cross join sides
where flows.is_another_class
