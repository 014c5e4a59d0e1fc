-- The classes of a study, in the order of their limits, begin without a lower limit and end without
-- an upper one, and each begins where the one below it ends, at a limit that belongs to one of the
-- two.
{%- set rules = [
    ('k_lower', 'position = 1 and k_lower is not null', 'the lowest class has no k_lower'),
    ('k_lower', 'position > 1 and k_lower is null', 'only the lowest class has no k_lower'),
    ('k_upper', 'position = class_count and k_upper is not null', 'the highest class has no k_upper'),
    ('k_upper', 'position < class_count and k_upper is null', 'only the highest class has no k_upper'),
    ('k_lower', 'k_lower < upper_below', 'a class begins where the one below it ends: these overlap'),
    ('k_lower', 'k_lower > upper_below', 'a class begins where the one below it ends: here is a gap'),
    (
        'is_lower_inclusive',
        'k_lower = upper_below and is_lower_inclusive and is_upper_below_inclusive',
        'a limit belongs to one of two classes: this one to both'
    ),
    (
        'is_lower_inclusive',
        'k_lower = upper_below and not is_lower_inclusive and not is_upper_below_inclusive',
        'a limit belongs to one of two classes: this one to neither'
    ),
    ('display_order', 'display_order <= order_below', 'the order is that of the limits'),
] -%}

{%- set classes = ref('stg_study__potential_classes') %}

with ordered as (
    select
        classes.*,
        row_number() over (
            partition by classes.study_id
            order by
                case when classes.k_lower is null then 0 else 1 end,
                classes.k_lower,
                classes.display_order,
                classes.potential_class
        ) as position,
        count(*) over (partition by classes.study_id) as class_count
    from {{ classes }} as classes
),

beside as (
    select
        higher.*,
        below.k_upper as upper_below,
        below.is_upper_inclusive as is_upper_below_inclusive,
        below.display_order as order_below
    from ordered as higher
    left join ordered as below
        on
            higher.study_id = below.study_id
            and higher.position = below.position + 1
),

refused as (
    {% for column, condition, rule in rules -%}
        select {{ complaint(classes, column, joined([column]), rule) }}
        from beside
        where {{ condition }}
        union all
    {% endfor -%}
    select
        {{ complaint_of(
            file=sql_text(input_label('potential_classes')), value="'no row of study all'",
            rule="'studies without cuts of their own have those of all'"
        ) }}
    from (
        select count(*) as class_count
        from {{ classes }}
        where study_id = 'all'
    ) as counted
    where class_count = 0 {{ 'and false' if is_empty_run() }}
)

select *
from refused
order by {{ complaint_order() }}
