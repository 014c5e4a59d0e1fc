-- One printed figure beside ours. A figure is exact when ours, rounded as the print, is the same;
-- within tolerance or of the same pattern as the rules say; otherwise not reproducible. The reason
-- is the most special one that stands in seeds/published/replication_reasons.csv. Of figures other
-- than those the reasons were written for nothing is said.
with compared as (
    select
        runs.replication_id,
        runs.other_series,
        printed.exhibit,
        printed.row_label,
        printed.column_label,
        printed.printed_text,
        printed.pattern,
        printed.tolerance_reason,
        printed.row_order,
        printed.column_order,
        printed.printed_value,
        printed.rounding,
        printed.tolerance,
        rebuilt.rebuilt_value,
        rebuilt.rebuilt_value - printed.printed_value as difference,
        case printed.exhibit
            when 'index'
                then rank() over (
                    partition by runs.replication_id, printed.exhibit, printed.column_label
                    order by printed.printed_value desc
                )
        end as printed_rank,
        case printed.exhibit
            when 'index'
                then rank() over (
                    partition by runs.replication_id, printed.exhibit, printed.column_label
                    order by rebuilt.rebuilt_value desc
                )
        end as rebuilt_rank
    from {{ ref('int_replication__runs') }} as runs
    cross join {{ ref('int_replication__printed') }} as printed
    left join {{ ref('int_replication__rebuilt') }} as rebuilt
        on
            runs.replication_id = rebuilt.replication_id
            and printed.exhibit = rebuilt.exhibit
            and printed.row_label = rebuilt.row_label
            and printed.column_label = rebuilt.column_label
),

judged as (
    select
        compared.replication_id,
        compared.other_series,
        compared.exhibit,
        compared.row_label,
        compared.column_label,
        compared.printed_text,
        compared.pattern,
        compared.tolerance_reason,
        compared.row_order,
        compared.column_order,
        compared.printed_value,
        compared.rebuilt_value,
        compared.difference,
        compared.tolerance,
        case
            when compared.other_series is not null then 'not_comparable'
            when compared.printed_value is null and compared.rebuilt_value is null
                then 'exact_to_print'
            when abs(compared.difference) <= compared.rounding * (1 + 1e-9) then 'exact_to_print'
            when abs(compared.difference) <= compared.tolerance * (1 + 1e-9)
                then 'within_tolerance'
            when
                compared.pattern = 'sign'
                and sign(compared.printed_value) = sign(compared.rebuilt_value)
                then 'pattern_only'
            when compared.pattern = 'rank' and compared.printed_rank = compared.rebuilt_rank
                then 'pattern_only'
            when
                compared.pattern = 'class'
                and printed_class.potential_class = rebuilt_class.potential_class
                then 'pattern_only'
            when
                compared.pattern = 'decision'
                and (compared.printed_value < 0.05) = (compared.rebuilt_value < 0.05)
                then 'pattern_only'
            else 'not_reproducible'
        end as status
    from compared
    left join {{ ref('stg_published__printed_classes') }} as printed_class
        on
            compared.exhibit = 'k'
            and {{ k_is_in_class('compared.printed_value', 'printed_class') }}
    left join {{ ref('stg_published__printed_classes') }} as rebuilt_class
        on
            compared.exhibit = 'k'
            and {{ k_is_in_class('compared.rebuilt_value', 'rebuilt_class') }}
),

reasoned as (
    select
        judged.replication_id,
        judged.exhibit,
        judged.row_label,
        judged.column_label,
        judged.printed_text,
        judged.pattern,
        judged.tolerance_reason,
        judged.row_order,
        judged.column_order,
        judged.printed_value,
        judged.rebuilt_value,
        judged.difference,
        judged.tolerance,
        judged.status,
        reasons.settled_by,
        case
            when judged.status = 'not_comparable'
                then 'other figures than those compared with the print: ' || judged.other_series
            else reasons.why
        end as why,
        row_number() over (
            partition by
                judged.replication_id, judged.exhibit, judged.row_label, judged.column_label
            order by
                case when reasons.row_label = '*' then 1 else 0 end,
                case when reasons.column_label = '*' then 1 else 0 end,
                case when reasons.status = '*' then 1 else 0 end
        ) as choice
    from judged
    left join {{ ref('stg_published__replication_reasons') }} as reasons
        on
            judged.replication_id = reasons.replication_id
            and judged.exhibit = reasons.exhibit
            and reasons.row_label in (judged.row_label, '*')
            and reasons.column_label in (judged.column_label, '*')
            and reasons.status in (judged.status, '*')
            and judged.status not in ('exact_to_print', 'not_comparable')
)

select
    reasoned.replication_id,
    reasoned.exhibit,
    reasoned.row_label,
    reasoned.column_label,
    reasoned.status,
    reasoned.printed_text,
    reasoned.pattern,
    reasoned.why,
    reasoned.settled_by,
    reasoned.tolerance_reason,
    cast(reasoned.row_order as integer) as row_order,
    cast(reasoned.column_order as integer) as column_order,
    reasoned.printed_value,
    reasoned.rebuilt_value,
    reasoned.difference,
    reasoned.tolerance,
    classes.potential_class as rebuilt_text
from reasoned
left join {{ ref('stg_published__printed_classes') }} as classes
    on
        reasoned.exhibit = 'k_class'
        and cast(reasoned.rebuilt_value as integer) = classes.display_order
where reasoned.choice = 1
-- sums that read it keep one order
order by
    reasoned.replication_id, reasoned.exhibit, reasoned.row_order, reasoned.column_order
