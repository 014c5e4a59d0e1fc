-- Countries whose figures a study needs: its partners, and its reporters where a term is theirs; of
-- a study of every pair all countries.
with needs_reporters as (
    select distinct runs.study_id
    from {{ ref('int_panel__runs') }} as runs
    inner join {{ ref('stg_study__gravity_terms') }} as terms
        on runs.spec_id = terms.spec_id
    where terms.side = 'reporter'
),

of_all_pairs as (
    select *
    from {{ ref('stg_study__studies') }}
    where
        study_id in (
            select runs.study_id
            from {{ ref('stg_study__study_specifications') }} as runs
            inner join {{ ref('stg_study__gravity_specifications') }} as specifications
                on runs.spec_id = specifications.spec_id
            where specifications.model_kind = 'structural'
        )
),

years as (
    {{ years_of_studies('of_all_pairs') }}
)

select
    study_id,
    partner_code as country_code,
    partner_iso3 as country_iso3,
    year
from {{ ref('int_panel__pair_years') }}
union
select
    pair_years.study_id,
    pair_years.reporter_code as country_code,
    pair_years.reporter_iso3 as country_iso3,
    pair_years.year
from {{ ref('int_panel__pair_years') }} as pair_years
inner join needs_reporters
    on pair_years.study_id = needs_reporters.study_id
union
select
    years.study_id,
    countries.country_iso3 as country_code,
    countries.country_iso3,
    years.year
from years
cross join {{ ref('gate_countries') }} as countries
