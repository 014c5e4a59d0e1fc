-- E-commerce volume over total goods trade of the same country and year, both in the currency of
-- the volume; no share, with the reason, where one of the figures is not held.
with trade as (
    select
        country_code,
        year,
        sum(trade_usd) as trade_usd
    from {{ ref('gate_total_trade') }}
    group by country_code, year
    having count(*) = 2
),

-- Countries may share a currency; the gate sees to it that they state one rate.
rates as (
    select
        currency,
        year,
        min(lcu_per_usd) as lcu_per_usd
    from {{ ref('gate_exchange_rates') }}
    group by currency, year
)

select
    studies.study_id,
    series.series_id,
    quotes.quote_id,
    quotes.country_code,
    quotes.currency,
    quotes.quote_kind,
    quotes.lineage,
    series.year,
    quotes.volume_tn * 1e12 as ecommerce_volume,
    trade.trade_usd * rates.lcu_per_usd as total_trade,
    quotes.volume_tn * 1e12 / (trade.trade_usd * rates.lcu_per_usd) as ecommerce_share,
    case
        when trade.trade_usd is null
            then 'no total goods trade of ' || quotes.country_code || ' for the year'
        when rates.lcu_per_usd is null
            then 'no exchange rate of ' || quotes.currency || ' for the year'
    end as missing_reason
from {{ ref('stg_study__studies') }} as studies
inner join {{ ref('stg_study__ecommerce_series') }} as series
    on studies.ecommerce_series = series.series_id
inner join {{ ref('gate_ecommerce_volumes') }} as quotes
    on
        series.quote_id = quotes.quote_id
        and series.year = quotes.year
left join trade
    on
        quotes.country_code = trade.country_code
        and series.year = trade.year
left join rates
    on
        quotes.currency = rates.currency
        and series.year = rates.year
