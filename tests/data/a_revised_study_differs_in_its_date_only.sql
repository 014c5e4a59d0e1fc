-- A study that revises another one has its partners, years and settings.
with studies as (
    select
        studies.*,
        (
            select {{ text_list('partners.partner_iso3', 'partners.partner_iso3') }}
            from {{ ref('stg_study__study_partners') }} as partners
            where partners.study_id = studies.study_id
        ) as partners
    from {{ ref('stg_study__studies') }} as studies
)

select
    {{ complaint_of(
        file='later.file_name', line='later.file_line', key='later.study_id',
        column="'revises_study_id'", value='later.revises_study_id',
        rule="'everything but names, as_of_date and revises_study_id is that of ' || earlier.study_id"
    ) }}
from studies as later
inner join studies as earlier
    on later.revises_study_id = earlier.study_id
where
    later.reporter_iso3 is distinct from earlier.reporter_iso3
    or later.reporter_scope <> earlier.reporter_scope
    or later.partner_scope <> earlier.partner_scope
    or later.flow <> earlier.flow
    or later.outcome_scaling <> earlier.outcome_scaling
    or later.trade_source <> earlier.trade_source
    or later.minimum_prediction_usd is distinct from earlier.minimum_prediction_usd
    or later.ecommerce_series is distinct from earlier.ecommerce_series
    or later.first_year <> earlier.first_year
    or later.last_year <> earlier.last_year
    or later.partners is distinct from earlier.partners
