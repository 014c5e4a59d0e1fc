-- The deepest agreement of two economies by year, in whatever order the source names the two.
with years as (
    select distinct year
    from {{ ref('gate_world_trade') }}
),

spells as (
    select
        firsts.country_iso3 as first_iso3,
        seconds.country_iso3 as second_iso3,
        spells.from_year,
        spells.to_year,
        {{ agreement_depth('spells.agreement_type') }} as agreement_depth
    from {{ ref('gate_agreement_spells') }} as spells
    inner join {{ ref('int_panel__country_codes') }} as firsts
        on spells.country_code_a = firsts.source_code
    inner join {{ ref('int_panel__country_codes') }} as seconds
        on spells.country_code_b = seconds.source_code
)

select
    years.year,
    least(spells.first_iso3, spells.second_iso3) as country_iso3_a,
    greatest(spells.first_iso3, spells.second_iso3) as country_iso3_b,
    max(spells.agreement_depth) as agreement_depth
from spells
inner join years
    on years.year between spells.from_year and spells.to_year
group by
    least(spells.first_iso3, spells.second_iso3),
    greatest(spells.first_iso3, spells.second_iso3),
    years.year
