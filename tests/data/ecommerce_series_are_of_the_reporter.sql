-- A study is scaled by the e-commerce of its own reporter; that of another country says nothing.
select
    {{ complaint(
        ref('stg_study__studies'), 'ecommerce_series', "described",
        'every volume of the series is one of the reporter'
    ) }}
from (
    select
        studies.*,
        studies.ecommerce_series || ', which holds ' || quotes.quote_id || ' of '
        || quotes.country_code || ' for reporter ' || studies.reporter_iso3 as described,
        row_number() over (partition by studies.study_id order by quotes.year, quotes.quote_id)
            as mismatch_number
    from {{ ref('stg_study__studies') }} as studies
    inner join {{ ref('stg_study__ecommerce_series') }} as series
        on studies.ecommerce_series = series.series_id
    inner join {{ ref('stg_inputs__ecommerce_volumes') }} as quotes
        on series.quote_id = quotes.quote_id
    where quotes.country_code <> studies.reporter_iso3
) as mismatched
where mismatch_number = 1
order by {{ complaint_order() }}
