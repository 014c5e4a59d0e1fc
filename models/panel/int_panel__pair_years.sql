-- Every row a study could have; what becomes of each is the sample or the ledger.
-- Years without any figure are candidates, too: a study that asks for them is told what it lost.
with studies as (
    select *
    from {{ ref('stg_study__studies') }}
    where study_id in (select runs.study_id from {{ ref('int_panel__runs') }} as runs)
),

years as (
    {{ years_of_studies('studies') }}
),

pairs as (
    -- partners that are listed are candidates whether or not anything is reported
    select
        studies.study_id,
        studies.reporter_iso3 as reporter_code,
        listed.partner_iso3 as partner_code
    from studies
    inner join {{ ref('stg_study__study_partners') }} as listed
        on studies.study_id = listed.study_id
    where
        studies.reporter_scope = 'one'
        and studies.partner_scope = 'listed'
    union all
    select distinct
        studies.study_id,
        flows.reporter_code,
        flows.partner_code
    from studies
    inner join {{ ref('int_panel__flows') }} as flows
        on
            studies.trade_source = flows.trade_source
            and flows.year between studies.first_year and studies.last_year
            and not (flows.is_export_unreported and flows.is_import_unreported)
            and (
                studies.reporter_scope = 'all_reported'
                or studies.reporter_iso3 = flows.reporter_code
            )
    left join {{ ref('stg_study__study_partners') }} as listed
        on
            studies.study_id = listed.study_id
            and flows.partner_code = listed.partner_iso3
    where
        studies.partner_scope = 'all_reported'
        or (studies.reporter_scope = 'all_reported' and listed.partner_iso3 is not null)
    union all
    select distinct
        studies.study_id,
        own.reporter_code,
        own.partner_code
    from studies
    inner join {{ ref('int_panel__own_outcomes') }} as own
        on studies.study_id = own.study_id
    where studies.partner_scope = 'all_reported'
)

select
    pairs.study_id,
    pairs.reporter_code,
    reporters.country_iso3 as reporter_iso3,
    pairs.partner_code,
    partners.country_iso3 as partner_iso3,
    studies.trade_source,
    years.year,
    -- the entity of the panel; none where a code stands for no country of today
    reporters.country_iso3 || '-' || partners.country_iso3 as pair_id
from pairs
inner join studies
    on pairs.study_id = studies.study_id
inner join years
    on pairs.study_id = years.study_id
left join {{ ref('int_panel__country_codes') }} as reporters
    on pairs.reporter_code = reporters.source_code
left join {{ ref('int_panel__country_codes') }} as partners
    on pairs.partner_code = partners.source_code
