-- Years without an effect of their own share one level, which may be meant or forgotten: of a
-- specification with year effects one year is so, the one that the others are compared with.
{{ config(severity='warn') }}
with effects as (
    select
        terms.spec_id,
        variables.base_year
    from {{ ref('stg_study__gravity_terms') }} as terms
    inner join {{ ref('stg_study__variables') }} as variables
        on terms.variable = variables.variable
    where variables.derivation = 'is_base_year'
),

covered as (
    select
        runs.study_id,
        runs.spec_id,
        studies.first_year,
        studies.last_year,
        sum(
            case
                when effects.base_year between studies.first_year and studies.last_year then 1
                else 0
            end
        ) as effect_count,
        min(effects.base_year) as first_effect,
        max(effects.base_year) as last_effect
    from {{ ref('stg_study__study_specifications') }} as runs
    inner join {{ ref('stg_study__studies') }} as studies
        on runs.study_id = studies.study_id
    inner join effects
        on runs.spec_id = effects.spec_id
    group by runs.study_id, runs.spec_id, studies.first_year, studies.last_year
)

select
    {{ complaint(
        ref('stg_study__study_specifications'), 'spec_id', "described",
        'a specification with year effects has one for every year of the study but one'
    ) }}
from (
    select
        runs.*,
        runs.study_id || ', ' || runs.spec_id || ': ' || covered.effect_count || ' of '
        || (covered.last_year - covered.first_year + 1) || ' years of ' || covered.first_year
        || '-' || covered.last_year || ' have an effect, those of ' || covered.first_effect
        || '-' || covered.last_effect as described
    from {{ ref('stg_study__study_specifications') }} as runs
    inner join covered
        on
            runs.study_id = covered.study_id
            and runs.spec_id = covered.spec_id
    where covered.effect_count < covered.last_year - covered.first_year
) as uncovered
order by {{ complaint_order() }}
