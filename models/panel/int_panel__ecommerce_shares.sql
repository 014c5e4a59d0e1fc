-- E-commerce volume over total goods trade of the reporter, both in its currency, same year.
with trade as (
    select
        country_code,
        year,
        sum(trade_usd) as trade_usd
    from {{ ref('gate_total_trade') }}
    group by country_code, year
    having count(*) = 2
)

select
    studies.study_id,
    quotes.quote_id,
    quotes.quote_kind,
    quotes.lineage,
    series.year,
    quotes.volume_rmb_tn * 1e12 as ecommerce_volume_rmb,
    trade.trade_usd * rates.lcu_per_usd as total_trade_rmb,
    quotes.volume_rmb_tn * 1e12 / (trade.trade_usd * rates.lcu_per_usd) as ecommerce_share
from {{ ref('stg_study__studies') }} as studies
inner join {{ ref('stg_study__ecommerce_series') }} as series
    on studies.ecommerce_series = series.series_id
inner join {{ ref('gate_ecommerce_volumes') }} as quotes
    on
        series.quote_id = quotes.quote_id
        and series.year = quotes.year
inner join trade
    on
        studies.reporter_iso3 = trade.country_code
        and series.year = trade.year
inner join {{ ref('gate_exchange_rates') }} as rates
    on
        studies.reporter_iso3 = rates.country_code
        and series.year = rates.year
