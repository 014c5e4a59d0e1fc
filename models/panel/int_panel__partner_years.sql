-- Every row a study could have; what becomes of each is the sample or the ledger.
with years as (
    select distinct year
    from {{ ref('gate_observations') }}
),

partners as (
    select
        studies.study_id,
        listed.partner_iso3 as partner_code
    from {{ ref('stg_study__studies') }} as studies
    inner join {{ ref('stg_study__study_partners') }} as listed
        on studies.study_id = listed.study_id
    where studies.partner_scope = 'listed'
    union all
    select distinct
        studies.study_id,
        flows.partner_code
    from {{ ref('stg_study__studies') }} as studies
    inner join {{ ref('gate_trade_flows') }} as flows
        on
            studies.reporter_iso3 = flows.reporter_code
            and flows.year between studies.first_year and studies.last_year
    where studies.partner_scope = 'all_reported'
)

select
    partners.study_id,
    partners.partner_code,
    codes.country_iso3 as partner_iso3,
    years.year
from partners
inner join {{ ref('stg_study__studies') }} as studies
    on partners.study_id = studies.study_id
inner join years
    on years.year between studies.first_year and studies.last_year
left join {{ ref('int_panel__country_codes') }} as codes
    on partners.partner_code = codes.source_code
