-- What the printed K imply: goods trade / K is the prediction, the rest the residual of the
-- regression behind K. Internet use says which rows that regression could have.
select
    outcomes.partner_iso3 as country_iso3,
    outcomes.year,
    printed.printed_value as printed_k,
    outcomes.goods_trade_usd,
    outcomes.goods_trade_usd / printed.printed_value as implied_prediction_usd,
    outcomes.goods_trade_usd - outcomes.goods_trade_usd / printed.printed_value
        as implied_residual_usd,
    published.variable is not null as is_internet_use_published
from {{ ref('int_replication__runs') }} as runs
inner join {{ ref('int_panel__outcomes') }} as outcomes
    on runs.study_id = outcomes.study_id
inner join {{ ref('stg_published__printed_figures') }} as printed
    on
        printed.exhibit = 'k'
        and outcomes.partner_iso3 = printed.row_label
        and outcomes.year = cast(printed.column_label as integer)
left join {{ ref('int_panel__variables') }} as published
    on
        runs.k_study_id = published.study_id
        and published.spec_kind = 'gravity'
        and runs.k_spec_id = published.spec_id
        and published.variable = 'internet_users_published_pct'
        and outcomes.partner_iso3 = published.country_iso3
        and outcomes.year = published.year
where runs.replication_id = 'study_printed' and runs.is_comparable
-- sums that read it keep one order
order by outcomes.partner_iso3, outcomes.year
