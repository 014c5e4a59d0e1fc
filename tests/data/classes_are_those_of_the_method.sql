-- The classes of all studies without cuts of their own are those of the method
-- (docs/methodology.md): a slip in a bound or a name moves every class and would look like an
-- answer. Other cuts are rows of the study that wants them.
select
    {{ complaint(
        ref('stg_study__potential_classes'), 'k_lower', 'told',
        'K of at most 0.8 is Huge potential, between 0.8 and 1.2 Potential expansion, of at least 1.2 Potential reshaping; other cuts are rows of the study that wants them, under its study_id'
    ) }}
from (
    select
        classes.*,
        classes.study_id || ', ' || classes.class_label || ': '
        || coalesce(cast(classes.k_lower as varchar), 'no bound') || case
            when classes.is_lower_inclusive then ' included'
            else ''
        end || ' to ' || coalesce(cast(classes.k_upper as varchar), 'no bound') || case
            when classes.is_upper_inclusive then ' included'
            else ''
        end as told,
        case
            when classes.potential_class = 'huge_potential'
                then
                    classes.class_label = 'Huge potential'
                    and classes.k_lower is null
                    and classes.k_upper = cast(0.8 as double precision)
                    and classes.is_upper_inclusive
            when classes.potential_class = 'potential_expansion'
                then
                    classes.class_label = 'Potential expansion'
                    and classes.k_lower = cast(0.8 as double precision)
                    and classes.k_upper = cast(1.2 as double precision)
                    and not classes.is_lower_inclusive
                    and not classes.is_upper_inclusive
            when classes.potential_class = 'potential_reshaping'
                then
                    classes.class_label = 'Potential reshaping'
                    and classes.k_lower = cast(1.2 as double precision)
                    and classes.k_upper is null
                    and classes.is_lower_inclusive
        end as is_of_the_method
    from {{ ref('stg_study__potential_classes') }} as classes
) as classes
where
    study_id = 'all'
    and not coalesce(is_of_the_method, false)
order by {{ complaint_order() }}
