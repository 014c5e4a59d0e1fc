-- Rows and columns of the rules and reasons of a comparison are printed ones, or * for all.
with labels as (
    select
        'seeds/published/replication_rules.csv' as file,
        file_line,
        exhibit,
        row_label,
        column_label
    from {{ ref('stg_published__replication_rules') }}
    union all
    select
        'seeds/published/replication_reasons.csv' as file,
        file_line,
        exhibit,
        row_label,
        column_label
    from {{ ref('stg_published__replication_reasons') }}
),

misnamed as (
    select
        *,
        'row_label' as column_name,
        row_label as label_text
    from labels
    where
        row_label <> '*'
        and not exists (
            select 1 from {{ ref('stg_published__printed_figures') }} as figures
            where figures.exhibit = labels.exhibit and figures.row_label = labels.row_label
        )
    union all
    select
        *,
        'column_label' as column_name,
        column_label as label_text
    from labels
    where
        column_label <> '*'
        and not exists (
            select 1 from {{ ref('stg_published__printed_figures') }} as figures
            where figures.exhibit = labels.exhibit and figures.column_label = labels.column_label
        )
)

select
    file || ', line ' || coalesce(cast(file_line as varchar), '?') || ', column ' || column_name
    || ': "' || label_text || '" (rule: the label is printed in the exhibit, or * for every one)'
        as complaint
from misnamed
