-- A partner that somebody has listed and that no answer names is lost to the ledger; that may be
-- known, or a slip in its years.
{{ config(severity='warn') }}
with rows_in as (
    select
        candidates.study_id,
        candidates.partner_iso3,
        sum(case when candidates.lost_step is null then 1 else 0 end) as kept_count,
        count(*) as row_count,
        min(candidates.lost_step || ' (' || candidates.lost_reason || ')') as told
    from {{ ref('int_gravity__candidates') }} as candidates
    inner join {{ ref('stg_study__studies') }} as studies
        on
            candidates.study_id = studies.study_id
            and candidates.spec_id = studies.default_spec_id
    group by candidates.study_id, candidates.partner_iso3
)

select
    {{ complaint(
        ref('stg_study__study_partners'), 'partner_iso3', "described",
        'a listed partner has a year in the sample of the default specification'
    ) }}
from (
    select
        partners.*,
        partners.study_id || ', ' || partners.partner_iso3 || ': 0 of ' || rows_in.row_count
        || ' years kept, lost at ' || rows_in.told as described
    from {{ ref('stg_study__study_partners') }} as partners
    inner join rows_in
        on
            partners.study_id = rows_in.study_id
            and partners.partner_iso3 = rows_in.partner_iso3
    where
        rows_in.kept_count = 0
        -- of a study without any row its own complaint tells
        and exists (
            select 1
            from rows_in as of_others
            where
                of_others.study_id = partners.study_id
                and of_others.kept_count > 0
        )
) as without_rows
order by {{ complaint_order() }}
