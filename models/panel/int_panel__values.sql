-- Indicator values of every candidate country and year; missing ones are filled by the rules and
-- flagged with the method.
with countries as (
    select distinct
        study_id,
        partner_iso3 as country_iso3
    from {{ ref('int_panel__partner_years') }}
    where partner_iso3 is not null
),

years as (
    select distinct year
    from {{ ref('gate_observations') }}
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
    inner join {{ ref('gate_observations') }} as observations
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
        neighbours.*,
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
)

select
    decided.study_id,
    decided.spec_kind,
    decided.spec_id,
    decided.indicator_code,
    decided.country_iso3,
    decided.value_method,
    decided.year,
    case decided.value_method
        when 'carry_back' then decided.next_year
        else decided.previous_year
    end as source_year,
    case decided.value_method
        when 'linear_between'
            then
                earlier.observed_value
                + (later.observed_value - earlier.observed_value)
                * (decided.year - decided.previous_year)
                / (decided.next_year - decided.previous_year)
        when 'carry_back' then later.observed_value
        else earlier.observed_value
    end as indicator_value,
    case decided.value_method
        when 'carry_back' then later.vintage_date
        else earlier.vintage_date
    end as vintage_date,
    decided.value_method <> 'observed' as is_imputed,
    case decided.value_method
        when 'carry_back' then later.is_estimate
        else earlier.is_estimate
    end as is_estimate,
    case decided.value_method
        when 'carry_back' then later.is_after_as_of
        when 'linear_between' then earlier.is_after_as_of or later.is_after_as_of
        else earlier.is_after_as_of
    end as is_vintage_after_as_of
from decided
left join observed as earlier
    on
        decided.study_id = earlier.study_id
        and decided.spec_kind = earlier.spec_kind
        and decided.spec_id = earlier.spec_id
        and decided.indicator_code = earlier.indicator_code
        and decided.country_iso3 = earlier.country_iso3
        and decided.previous_year = earlier.year
left join observed as later
    on
        decided.study_id = later.study_id
        and decided.spec_kind = later.spec_kind
        and decided.spec_id = later.spec_id
        and decided.indicator_code = later.indicator_code
        and decided.country_iso3 = later.country_iso3
        and decided.next_year = later.year
where decided.value_method is not null
