-- Every printed figure, and of every printed K the class that the study's own rule gives it. A
-- tolerance counts in the unit of the figure, in its size or in the standard error printed for it.
with errors as (
    select
        random.row_label,
        random.printed_value as random_se,
        gap.printed_value as difference_se,
        -- Hausman (1978): the variance of the difference is the difference of the variances
        sqrt(random.printed_value ^ 2 + gap.printed_value ^ 2) as fixed_se
    from {{ ref('stg_published__printed_figures') }} as random
    inner join {{ ref('stg_published__printed_figures') }} as gap
        on
            random.row_label = gap.row_label
            and gap.exhibit = 'hausman'
            and gap.column_label = 'difference_se'
    where random.exhibit = 'random_effects' and random.column_label = 'standard_error'
),

figures as (
    select
        exhibit,
        row_label,
        column_label,
        printed_text,
        row_order,
        column_order,
        decimals,
        printed_value
    from {{ ref('stg_published__printed_figures') }}
    union all
    select
        'k_class' as exhibit,
        figures.row_label,
        figures.column_label,
        classes.potential_class as printed_text,
        figures.row_order,
        figures.column_order,
        0 as decimals,
        cast(classes.display_order as double precision) as printed_value
    from {{ ref('stg_published__printed_figures') }} as figures
    inner join {{ ref('stg_published__printed_classes') }} as classes
        on {{ k_is_in_class('figures.printed_value', 'classes') }}
    where figures.exhibit = 'k'
),

ruled as (
    select
        figures.exhibit,
        figures.row_label,
        figures.column_label,
        figures.printed_text,
        figures.row_order,
        figures.column_order,
        figures.decimals,
        figures.printed_value,
        rules.pattern,
        rules.tolerance_unit,
        rules.tolerance_reason,
        rules.tolerance,
        row_number() over (
            partition by figures.exhibit, figures.row_label, figures.column_label
            order by
                case when rules.row_label = '*' then 1 else 0 end,
                case when rules.column_label = '*' then 1 else 0 end
        ) as choice
    from figures
    left join {{ ref('stg_published__replication_rules') }} as rules
        on
            figures.exhibit = rules.exhibit
            and rules.row_label in (figures.row_label, '*')
            and rules.column_label in (figures.column_label, '*')
)

select
    ruled.exhibit,
    ruled.row_label,
    ruled.column_label,
    ruled.printed_text,
    ruled.pattern,
    ruled.tolerance_unit,
    ruled.tolerance_reason,
    ruled.row_order,
    ruled.column_order,
    ruled.decimals,
    ruled.printed_value,
    0.5 * power(10, -ruled.decimals) as rounding,
    ruled.tolerance
    * case ruled.tolerance_unit
        when 'absolute' then 1
        when 'relative' then abs(ruled.printed_value)
        when 'printed_se'
            then
                case
                    when ruled.column_label = 'fixed' then errors.fixed_se
                    when ruled.column_label = 'difference' then errors.difference_se
                    else errors.random_se
                end
    end as tolerance
from ruled
left join errors
    on ruled.row_label = errors.row_label
where ruled.choice = 1
