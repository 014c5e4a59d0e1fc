-- Indicator values of every candidate country and year; missing ones are filled by the rules and
-- flagged with the method.
with countries as (
    select distinct
        study_id,
        country_iso3
    from {{ ref('int_panel__country_years') }}
    where country_iso3 is not null
),

years as (
    select distinct year
    from {{ ref('int_panel__observations') }}
),

observed as (
    select
        vintages.study_id,
        vintages.spec_kind,
        vintages.spec_id,
        vintages.indicator_code,
        codes.country_iso3,
        observations.year,
        observations.observed_value,
        observations.vintage_date,
        observations.is_estimate,
        vintages.is_after_as_of
    from {{ ref('int_panel__vintages') }} as vintages
    inner join {{ ref('int_panel__observations') }} as observations
        on
            vintages.indicator_code = observations.indicator_code
            and vintages.vintage_date = observations.vintage_date
    inner join {{ ref('int_panel__country_codes') }} as codes
        on observations.country_code = codes.source_code
    inner join countries
        on
            vintages.study_id = countries.study_id
            and codes.country_iso3 = countries.country_iso3
),

series as (
    select distinct
        study_id,
        spec_kind,
        spec_id,
        indicator_code,
        country_iso3
    from observed
),

neighbours as (
    select
        series.study_id,
        series.spec_kind,
        series.spec_id,
        series.indicator_code,
        series.country_iso3,
        years.year,
        max(observed.year) over (
            partition by
                series.study_id,
                series.spec_kind,
                series.spec_id,
                series.indicator_code,
                series.country_iso3
            order by years.year
            rows between unbounded preceding and current row
        ) as previous_year,
        min(observed.year) over (
            partition by
                series.study_id,
                series.spec_kind,
                series.spec_id,
                series.indicator_code,
                series.country_iso3
            order by years.year
            rows between current row and unbounded following
        ) as next_year
    from series
    cross join years
    left join observed
        on
            series.study_id = observed.study_id
            and series.spec_kind = observed.spec_kind
            and series.spec_id = observed.spec_id
            and series.indicator_code = observed.indicator_code
            and series.country_iso3 = observed.country_iso3
            and years.year = observed.year
),

rules as (
    select
        indicator_code,
        max(case when method = 'linear_between' then max_years end) as linear_between_years,
        max(case when method = 'carry_forward' then max_years end) as carry_forward_years,
        max(case when method = 'carry_back' then max_years end) as carry_back_years
    from {{ ref('stg_study__imputation_rules') }}
    group by indicator_code
),

decided as (
    select
        neighbours.study_id,
        neighbours.spec_kind,
        neighbours.spec_id,
        neighbours.indicator_code,
        neighbours.country_iso3,
        neighbours.year,
        neighbours.previous_year,
        neighbours.next_year,
        case
            when neighbours.previous_year = neighbours.year then 'observed'
            when neighbours.next_year - neighbours.previous_year <= rules.linear_between_years
                then 'linear_between'
            when neighbours.year - neighbours.previous_year <= rules.carry_forward_years
                then 'carry_forward'
            when neighbours.next_year - neighbours.year <= rules.carry_back_years
                then 'carry_back'
        end as value_method
    from neighbours
    left join rules
        on neighbours.indicator_code = rules.indicator_code
),

-- The year a value comes from; only a linear value also needs the year after.
sourced as (
    select
        study_id,
        spec_kind,
        spec_id,
        indicator_code,
        country_iso3,
        value_method,
        year,
        case value_method when 'carry_back' then next_year else previous_year end as source_year,
        case value_method when 'linear_between' then next_year end as later_year
    from decided
    where value_method is not null
)

select
    sourced.study_id,
    sourced.spec_kind,
    sourced.spec_id,
    sourced.indicator_code,
    sourced.country_iso3,
    sourced.value_method,
    sourced.year,
    sourced.source_year,
    source.vintage_date,
    source.is_estimate,
    case sourced.value_method
        when 'linear_between'
            then
                source.observed_value
                + (later.observed_value - source.observed_value)
                * (sourced.year - sourced.source_year)
                / (sourced.later_year - sourced.source_year)
        else source.observed_value
    end as indicator_value,
    sourced.value_method <> 'observed' as is_imputed,
    source.is_after_as_of or coalesce(later.is_after_as_of, false) as is_vintage_after_as_of
from sourced
inner join observed as source
    on
        sourced.study_id = source.study_id
        and sourced.spec_kind = source.spec_kind
        and sourced.spec_id = source.spec_id
        and sourced.indicator_code = source.indicator_code
        and sourced.country_iso3 = source.country_iso3
        and sourced.source_year = source.year
left join observed as later
    on
        sourced.study_id = later.study_id
        and sourced.spec_kind = later.spec_kind
        and sourced.spec_id = later.spec_id
        and sourced.indicator_code = later.indicator_code
        and sourced.country_iso3 = later.country_iso3
        and sourced.later_year = later.year
