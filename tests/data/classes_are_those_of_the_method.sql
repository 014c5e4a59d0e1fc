-- The classes of the method (docs/methodology.md), unless the project says that it has its own: a
-- slip in a bound moves every class and would look like an answer.
select
    {{ complaint(
        ref('stg_study__potential_classes'), 'k_lower', 'told',
        'K of at most 0.8, between 0.8 and 1.2, and of at least 1.2 part the classes; with classes of one\'s own the var own_classes is true'
    ) }}
from (
    select
        classes.*,
        coalesce(cast(k_lower as varchar), 'no bound') || case
            when is_lower_inclusive then ' included'
            else ''
        end || ' to ' || coalesce(cast(k_upper as varchar), 'no bound') || case
            when is_upper_inclusive then ' included'
            else ''
        end as told,
        case
            when potential_class = 'huge_potential'
                then
                    k_lower is null
                    and k_upper = cast(0.8 as double precision)
                    and is_upper_inclusive
            when potential_class = 'potential_expansion'
                then
                    k_lower = cast(0.8 as double precision)
                    and k_upper = cast(1.2 as double precision)
                    and not is_lower_inclusive
                    and not is_upper_inclusive
            when potential_class = 'potential_reshaping'
                then
                    k_lower = cast(1.2 as double precision)
                    and k_upper is null
                    and is_lower_inclusive
        end as is_of_the_method
    from {{ ref('stg_study__potential_classes') }} as classes
) as classes
where
    not coalesce(is_of_the_method, false)
    and not {{ truth_value('own_classes') }}
order by {{ complaint_order() }}
