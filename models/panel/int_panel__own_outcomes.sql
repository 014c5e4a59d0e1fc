-- Figures of the series of one's own that a study measures, within its years.
select
    studies.study_id,
    own.series_id,
    own.reporter_iso3 as reporter_code,
    own.partner_iso3 as partner_code,
    own.year,
    own.value_usd
from {{ ref('stg_study__studies') }} as studies
inner join {{ ref('gate_own_outcomes') }} as own
    on
        studies.ecommerce_series = own.series_id
        and studies.reporter_iso3 = own.reporter_iso3
        and own.year between studies.first_year and studies.last_year
where studies.trade_source = 'own'
