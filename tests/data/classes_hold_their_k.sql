-- The lowest and the highest K of a class lie in its interval by the cuts of the study, so that all
-- of them do: in every mart that has both. One structural study answers, whichever study differs.
{% set marts = [
    ('fct_trade_potential', 'potential_class', 'k_ratio', 'study_id'),
    ('rpt_answer', 'potential_class', 'k_ratio', 'study_id'),
    ('rpt_answer_differences', 'potential_class', 'k_ratio', 'answering_id'),
    ('rpt_answer_differences', 'other_class', 'other_k_ratio', 'study_id'),
    ('rpt_estimator_comparison', 'pooled_class', 'pooled_k_ratio', 'study_id'),
    ('rpt_estimator_comparison', 'between_class', 'between_k_ratio', 'study_id'),
    ('rpt_estimator_comparison', 'random_class', 'random_k_ratio', 'study_id'),
    ('rpt_estimator_comparison', 'mundlak_class', 'mundlak_k_ratio', 'study_id'),
    ('rpt_estimator_comparison', 'ppml_class', 'ppml_k_ratio', 'study_id'),
] -%}
with answering as (
    select max(study_id) as answering_id
    from {{ ref('int_structural__runs') }}
    where is_default
),

held as (
    {% for mart, class_column, k_column, study in marts -%}
        select
            '{{ mart }}' as mart,
            '{{ class_column }}' as class_column,
            {{ study }} as study_id,
            {{ class_column }} as potential_class,
            min({{ k_column }}) as lowest,
            max({{ k_column }}) as highest
        from {{ ref(mart) }}
        cross join answering
        where {{ class_column }} is not null
        group by {{ study }}, {{ class_column }}
        {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select
    {{ complaint_of(
        file='held.mart', key="held.study_id || ', ' || held.potential_class", column='held.class_column',
        value="held.lowest || ' to ' || held.highest",
        rule="'K of a class lie between its bounds: ' || coalesce(classes.meaning, 'no such class')"
    ) }}
from held
left join {{ ref('dim_potential_class') }} as classes
    on
        held.study_id = classes.study_id
        and held.potential_class = classes.potential_class
where
    not coalesce(
        {{ k_is_in_class('held.lowest', 'classes') }}
        and {{ k_is_in_class('held.highest', 'classes') }},
        false
    )
