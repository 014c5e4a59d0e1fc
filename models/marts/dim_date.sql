-- Every year of a study. All figures are of calendar years.
with years as (
    {{ years_of_studies(ref('stg_study__studies')) }}
)

select distinct
    year,
    cast(cast(year as varchar) || '-01-01' as date) as year_date,
    cast(cast(year as varchar) || '-12-31' as date) as year_end_date
from years
where {{ gate_is_open() }}
