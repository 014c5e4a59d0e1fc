-- Pairs and years for which a study has K and the structural model has none, and why.
-- one row, empty where no study runs a structural specification
with studies as (
    select
        max(study_id) as study_id,
        max(spec_id) as spec_id,
        max(first_year) as first_year,
        max(last_year) as last_year
    from {{ ref('int_structural__runs') }}
    where is_default
),

last_years as (
    select max(year) as last_trade_year
    from {{ ref('gate_world_trade') }}
),

asked as (
    select distinct
        reporter_iso3,
        partner_iso3,
        year
    from {{ ref('fct_trade_potential') }}
),

unanswered as (
    select
        asked.reporter_iso3,
        asked.partner_iso3,
        asked.year
    from asked
    left join {{ ref('int_structural__pair_flows') }} as pairs
        on
            least(asked.reporter_iso3, asked.partner_iso3) = pairs.first_iso3
            and greatest(asked.reporter_iso3, asked.partner_iso3) = pairs.second_iso3
            and asked.year = pairs.year
    where pairs.year is null
)

select
    unanswered.reporter_iso3,
    unanswered.partner_iso3,
    studies.study_id,
    studies.spec_id,
    unanswered.year,
    case
        when unanswered.year > last_years.last_trade_year then 'after_last_trade_year'
        when studies.study_id is null then 'no_structural_study'
        when unanswered.year not between studies.first_year and studies.last_year
            then 'outside_years_of_study'
        else 'economy_not_in_sample'
    end as k_status,
    case
        when unanswered.year > last_years.last_trade_year
            then 'world_trade ends in ' || last_years.last_trade_year
        when studies.study_id is null then 'no study runs a structural specification'
        when unanswered.year not between studies.first_year and studies.last_year
            then
                'study ' || studies.study_id || ' covers ' || studies.first_year || '-'
                || studies.last_year
        when partners.lost_reason is not null
            then unanswered.partner_iso3 || ': ' || partners.lost_reason
        when reporters.lost_reason is not null
            then unanswered.reporter_iso3 || ': ' || reporters.lost_reason
        else 'the structural model has no estimate of the pair'
    end as k_reason
from unanswered
cross join last_years
cross join studies
left join {{ ref('int_structural__economies') }} as partners
    on
        studies.study_id = partners.study_id
        and studies.spec_id = partners.spec_id
        and unanswered.partner_iso3 = partners.country_iso3
        and unanswered.year = partners.year
left join {{ ref('int_structural__economies') }} as reporters
    on
        studies.study_id = reporters.study_id
        and studies.spec_id = reporters.spec_id
        and unanswered.reporter_iso3 = reporters.country_iso3
        and unanswered.year = reporters.year
