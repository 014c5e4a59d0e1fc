-- Trade of a country with itself is no trade with a partner.
select
    {{ complaint(
        ref('stg_study__study_partners'), 'partner_iso3', "described",
        'a partner is another country than the reporter of the study'
    ) }}
from (
    select
        partners.*,
        partners.study_id || ', ' || partners.partner_iso3 as described
    from {{ ref('stg_study__study_partners') }} as partners
    inner join {{ ref('stg_study__studies') }} as studies
        on
            partners.study_id = studies.study_id
            and partners.partner_iso3 = studies.reporter_iso3
) as reporters
order by {{ complaint_order() }}
