-- English names of countries are those of the figures.
with labels as (
    select
        code_kind,
        code,
        language,
        label,
        source_id
    from {{ ref('stg_study__labels') }}
    union all
    select
        english_.code_kind,
        countries.country_iso3,
        english_.language,
        countries.country_name,
        countries.source_id
    from {{ ref('gate_countries') }} as countries
    cross join (values ('country', 'en')) as english_ (code_kind, language)
)

select
    code_kind,
    code,
    language,
    label,
    source_id
from labels
where {{ gate_is_open() }}
