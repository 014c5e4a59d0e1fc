-- Stored counts of specifications as shares, where they rest on the figures and code of this build.
-- Elsewhere the status says so, and there is no number.
with rests as (
    {{ current_runs(multiverse_sql()) }}
),

studies as (
    select
        study_id,
        reporter_iso3,
        default_spec_id
    from {{ ref('stg_study__studies') }}
    where reporter_scope = 'one'
),

options as (
    select
        studies.study_id,
        studies.default_spec_id as spec_id,
        studies.reporter_iso3,
        counts.partner_iso3,
        counts.dimension,
        counts.choice,
        counts.year,
        counts.n_huge,
        counts.n_expansion,
        counts.n_reshaping,
        counts.n_switched,
        choices.position as choice_position,
        choices.is_default as is_default_choice,
        rests.is_current,
        -- what is divided by nothing is nothing
        case when rests.is_current then counts.n_specifications end as specification_count,
        case when rests.is_current then counts.n_switches end as switch_count,
        case when rests.is_current then counts.k_ratio_alone end as k_ratio_alone
    from {{ ref('stg_multiverse__option_counts') }} as counts
    inner join studies
        on counts.study_id = studies.study_id
    inner join rests
        on counts.study_id = rests.study_id
    inner join {{ ref('stg_multiverse__specification_choices') }} as choices
        on
            counts.study_id = choices.study_id
            and counts.dimension = choices.dimension
            and counts.choice = choices.choice
)

select
    options.study_id,
    options.spec_id,
    options.reporter_iso3,
    options.partner_iso3,
    options.dimension,
    options.choice,
    classes.potential_class as potential_class_alone,
    options.year,
    options.choice_position,
    options.k_ratio_alone,
    options.is_default_choice,
    cast(options.specification_count as integer) as specification_count,
    case when options.is_current then 'ok' else 'stale' end as status,
    cast(options.n_huge as double precision) / options.specification_count as huge_share,
    cast(options.n_expansion as double precision) / options.specification_count as expansion_share,
    cast(options.n_reshaping as double precision) / options.specification_count as reshaping_share,
    cast(
        options.specification_count - options.n_huge - options.n_expansion - options.n_reshaping
        as double precision
    ) / options.specification_count as without_class_share,
    cast(options.n_switched as double precision) / options.switch_count as switched_share
from options
left join {{ ref('int_panel__classes') }} as classes
    on
        options.study_id = classes.study_id
        and options.k_ratio_alone > 0
        and {{ k_is_in_class('options.k_ratio_alone', 'classes') }}
