-- Every economy and year that a structural specification could use, and what is missing of it. An
-- economy is one that the countries or the trade name.
with years as (
    {{ years_of_studies(ref('int_structural__runs')) }}
),

traded as (
    select distinct
        traders.year,
        coalesce(codes.country_iso3, traders.country_code) as country_code
    from {{ ref('int_panel__baci_economies') }} as traders
    left join {{ ref('int_panel__country_codes') }} as codes
        on traders.country_code = codes.source_code
),

economies as (
    select
        country_iso3 as country_code,
        country_iso3
    from {{ ref('gate_countries') }}
    union all
    select distinct
        traded.country_code,
        cast(null as varchar) as country_iso3
    from traded
    left join {{ ref('gate_countries') }} as countries
        on traded.country_code = countries.country_iso3
    where countries.country_iso3 is null
),

last_years as (
    select max(year) as last_trade_year
    from traded
),

located as (
    select
        spec_id,
        exporter_iso3 as country_iso3,
        -- an economy has its place where all terms are known with some other economy
        max(case when missing_terms is null then 1 else 0 end) = 1 as is_located,
        min(missing_terms) as missing_terms
    from {{ ref('int_structural__pair_terms') }}
    group by spec_id, exporter_iso3
),

candidates as (
    select
        runs.study_id,
        runs.spec_id,
        economies.country_code,
        economies.country_iso3,
        years.year,
        scores.development_index,
        case
            when economies.country_iso3 is null then 'the code stands for no country of today'
        end as code_reason,
        case
            when traded.country_code is not null then null
            when years.year > last_years.last_trade_year
                then 'world_trade ends in ' || last_years.last_trade_year
            else 'no trade with anyone'
        end as trade_reason,
        case
            when located.country_iso3 is null then 'no pair of the economy in world_pairs'
            when not located.is_located
                then 'no value for ' || located.missing_terms || ' with any partner'
        end as pair_reason,
        case
            when runs.index_spec_id is not null and scores.development_index is null
                then 'no value for development_index'
        end as index_reason
    from {{ ref('int_structural__runs') }} as runs
    inner join years
        on runs.study_id = years.study_id
    cross join economies
    cross join last_years
    left join traded
        on
            economies.country_code = traded.country_code
            and years.year = traded.year
    left join located
        on
            runs.spec_id = located.spec_id
            and economies.country_iso3 = located.country_iso3
    left join {{ ref('int_index__scores') }} as scores
        on
            runs.study_id = scores.study_id
            and runs.index_spec_id = scores.index_spec_id
            and economies.country_iso3 = scores.country_iso3
            and years.year = scores.year
)

select
    study_id,
    spec_id,
    country_code,
    country_iso3,
    year,
    development_index,
    case
        when code_reason is not null then 'country_code'
        when trade_reason is not null then 'trade_flow'
        when pair_reason is not null then 'pair_figures'
        when index_reason is not null then 'regressors'
    end as lost_step,
    coalesce(code_reason, trade_reason, pair_reason, index_reason) as lost_reason
from candidates
