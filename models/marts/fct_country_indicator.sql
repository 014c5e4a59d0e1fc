-- Every figure of a study by its own as-of date, one a row: an indicator that a project adds is
-- here, while fct_country_year has a column for those that it comes with.
select
    panel.study_id,
    panel.country_iso3,
    panel.indicator_code,
    indicators.indicator,
    panel.year,
    panel.indicator_value,
    panel.is_imputed,
    panel.is_estimate,
    panel.is_vintage_after_as_of,
    case when panel.is_imputed then panel.value_method end as fill_method,
    {{ one_key(['panel.study_id', 'panel.country_iso3', 'cast(panel.year as varchar)']) }}
        as country_year_key
from {{ ref('int_panel__values') }} as panel
inner join {{ ref('stg_study__studies') }} as studies
    on
        panel.study_id = studies.study_id
        and panel.year between studies.first_year and studies.last_year
inner join {{ ref('gate_indicators') }} as indicators
    on panel.indicator_code = indicators.indicator_code
where panel.spec_kind = 'study'
