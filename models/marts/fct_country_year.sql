-- Panel of a study by its own as-of date; a specification that overrides vintages has its own.
with long_panel as (
    select
        panel.study_id,
        panel.country_iso3,
        panel.indicator_code,
        panel.value_method,
        panel.year,
        panel.indicator_value,
        panel.is_imputed,
        panel.is_estimate,
        panel.is_vintage_after_as_of
    from {{ ref('int_panel__values') }} as panel
    inner join {{ ref('stg_study__studies') }} as studies
        on
            panel.study_id = studies.study_id
            and panel.year between studies.first_year and studies.last_year
    where panel.spec_kind = 'study'
)

select
    study_id,
    country_iso3,
    year,
    {{ panel_column('GB.XPD.RSDV.GD.ZS', 'rd_expenditure_pct_gdp') }},
    {{ panel_column('IMF.WEO.PCPI', 'consumer_price_index') }},
    {{ panel_column('IMF.WEO.PCPIPCH', 'consumer_price_inflation_pct') }},
    {{ panel_column('IT.CEL.SETS.P2', 'mobile_subscriptions_per_100') }},
    {{ panel_column('IT.MLT.MAIN.P2', 'fixed_telephones_per_100') }},
    {{ panel_column('IT.NET.BBND.P2', 'fixed_broadband_per_100') }},
    {{ panel_column('IT.NET.SECR.P6', 'secure_servers_per_million') }},
    {{ panel_column('IT.NET.USER.ZS', 'internet_users_pct') }},
    {{ panel_column('LP.LPI.CUST.XQ', 'lpi_customs_score') }},
    {{ panel_column('LP.LPI.INFR.XQ', 'lpi_infrastructure_score') }},
    {{ panel_column('LP.LPI.ITRN.XQ', 'lpi_shipments_score') }},
    {{ panel_column('LP.LPI.LOGS.XQ', 'lpi_logistics_score') }},
    {{ panel_column('LP.LPI.OVRL.XQ', 'lpi_overall_score') }},
    {{ panel_column('LP.LPI.TIME.XQ', 'lpi_timeliness_score') }},
    {{ panel_column('LP.LPI.TRAC.XQ', 'lpi_tracking_score') }},
    {{ panel_column('NE.EXP.GNFS.ZS', 'exports_pct_gdp') }},
    {{ panel_column('NE.IMP.GNFS.ZS', 'imports_pct_gdp') }},
    {{ panel_column('NY.GDP.MKTP.CD', 'gdp_usd') }},
    {{ panel_column('NY.GDP.PCAP.PP.CD', 'gdp_per_capita_ppp_intl_usd') }},
    {{ panel_column('NY.GDP.PCAP.PP.KD', 'gdp_per_capita_ppp_const_intl_usd') }},
    {{ panel_column('SE.TER.CUAT.BA.ZS', 'bachelor_attainment_pct') }},
    {{ panel_column('SE.TER.ENRR', 'tertiary_enrolment_pct') }},
    {{ panel_column('SP.POP.TOTL', 'population_persons') }},
    {{ panel_column('TG.VAL.TOTL.GD.ZS', 'merchandise_trade_pct_gdp') }},
    cast(count(*) as integer) as indicator_count,
    cast(sum(case when is_imputed then 1 else 0 end) as integer) as imputed_count,
    cast(sum(case when is_estimate then 1 else 0 end) as integer) as source_estimate_count,
    cast(sum(case when is_vintage_after_as_of then 1 else 0 end) as integer) as later_vintage_count,
    {{ one_key(['study_id', 'country_iso3', 'cast(year as varchar)']) }} as country_year_key
from long_panel
group by study_id, country_iso3, year
