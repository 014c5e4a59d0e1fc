-- Classes of every study: its own rows where it has any, else those of all. Cuts of another study
-- move none of them.
with own as (
    select distinct study_id
    from {{ ref('stg_study__potential_classes') }}
),

classes as (
    select
        studies.study_id,
        rows_.potential_class,
        rows_.class_label,
        rows_.display_order,
        rows_.k_lower,
        rows_.k_upper,
        rows_.is_lower_inclusive,
        rows_.is_upper_inclusive
    from {{ ref('stg_study__studies') }} as studies
    left join own
        on studies.study_id = own.study_id
    inner join {{ ref('stg_study__potential_classes') }} as rows_
        on coalesce(own.study_id, 'all') = rows_.study_id
),

-- which two studies have in common where, and only where, they cut alike
cuts as (
    select
        study_id,
        {{ text_list(
            "potential_class || case when k_upper is null then ' above'"
            ~ " when is_upper_inclusive then ' up to ' else ' below ' end"
            ~ " || coalesce(" ~ bound_text('k_upper') ~ ", '')",
            "display_order"
        ) }} as class_cuts
    from classes
    group by study_id
)

select
    classes.study_id,
    classes.potential_class,
    classes.class_label,
    cuts.class_cuts,
    classes.display_order,
    classes.k_lower,
    classes.k_upper,
    classes.is_lower_inclusive,
    classes.is_upper_inclusive
from classes
inner join cuts
    on classes.study_id = cuts.study_id
