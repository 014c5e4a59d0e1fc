-- The vintages whose values a specification uses. A revision restates the whole series: one is
-- used. An edition adds its own year: all editions not later than the date.
with needed as (
    select
        study_specs.study_id,
        study_specs.spec_kind,
        study_specs.spec_id,
        indicators.indicator_code
    from {{ ref('int_panel__study_specs') }} as study_specs
    cross join {{ ref('gate_indicators') }} as indicators
    where study_specs.spec_kind = 'study'
    union
    select
        named.study_id,
        named.spec_kind,
        named.spec_id,
        variables.indicator_code
    from {{ ref('int_panel__spec_variables') }} as named
    inner join {{ ref('stg_study__variables') }} as variables
        on named.variable = variables.variable
    where variables.indicator_code is not null
    union
    select
        named.study_id,
        named.spec_kind,
        named.spec_id,
        {{ scale_indicator('variables.derivation') }} as indicator_code
    from {{ ref('int_panel__spec_variables') }} as named
    inner join {{ ref('stg_study__variables') }} as variables
        on named.variable = variables.variable
    where {{ scale_indicator('variables.derivation') }} is not null
),

dated as (
    select
        needed.study_id,
        needed.spec_kind,
        needed.spec_id,
        needed.indicator_code,
        indicators.vintage_kind,
        overrides.reason as override_reason,
        studies.as_of_date,
        coalesce(overrides.vintage_date, studies.as_of_date) as latest_date
    from needed
    inner join {{ ref('stg_study__studies') }} as studies
        on needed.study_id = studies.study_id
    inner join {{ ref('gate_indicators') }} as indicators
        on needed.indicator_code = indicators.indicator_code
    left join {{ ref('stg_study__vintage_overrides') }} as overrides
        on
            needed.spec_kind = overrides.spec_kind
            and needed.spec_id = overrides.spec_id
            and needed.indicator_code = overrides.indicator_code
),

ranked as (
    select
        dated.study_id,
        dated.spec_kind,
        dated.spec_id,
        dated.indicator_code,
        dated.vintage_kind,
        dated.override_reason,
        vintages.vintage_date,
        dated.as_of_date,
        vintages.vintage_date <= dated.latest_date as is_old_enough,
        row_number() over (
            partition by dated.study_id, dated.spec_kind, dated.spec_id, dated.indicator_code
            order by
                case when vintages.vintage_date <= dated.latest_date then 0 else 1 end,
                case
                    when vintages.vintage_date <= dated.latest_date then vintages.vintage_date
                end desc,
                vintages.vintage_date
        ) as choice
    from dated
    inner join {{ ref('gate_observation_vintages') }} as vintages
        on dated.indicator_code = vintages.indicator_code
)

select
    study_id,
    spec_kind,
    spec_id,
    indicator_code,
    override_reason,
    vintage_date,
    vintage_date > as_of_date as is_after_as_of,
    override_reason is not null as is_override
from ranked
where
    choice = 1
    or (vintage_kind = 'edition' and is_old_enough)
