-- The series that a study names is there: volumes by which it is scaled, or its own outcome.
select
    {{ complaint(
        ref('stg_study__studies'), 'ecommerce_series', "described",
        'the series stands in ecommerce_series, of trade_source own in own_outcomes with figures of the reporter in the years of the study'
    ) }}
from (
    select
        studies.*,
        studies.ecommerce_series || ' of ' || studies.study_id as described
    from {{ ref('stg_study__studies') }} as studies
    where
        studies.ecommerce_series is not null
        and not exists (
            select 1
            from {{ ref('stg_study__ecommerce_series') }} as series
            where
                studies.trade_source <> 'own'
                and series.series_id = studies.ecommerce_series
        )
        and not exists (
            select 1
            from {{ ref('stg_inputs__own_outcomes') }} as own
            where
                studies.trade_source = 'own'
                and own.series_id = studies.ecommerce_series
                and own.reporter_iso3 = studies.reporter_iso3
                and own.year between studies.first_year and studies.last_year
        )
) as without_series
order by {{ complaint_order() }}
