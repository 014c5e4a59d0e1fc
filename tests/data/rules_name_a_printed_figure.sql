-- Rows and columns of the rules and reasons of a comparison are printed ones, or * for all.
with labels as (
    select
        file_name,
        file_line,
        exhibit,
        row_label,
        column_label
    from {{ ref('stg_published__replication_rules') }}
    union all
    select
        file_name,
        file_line,
        exhibit,
        row_label,
        column_label
    from {{ ref('stg_published__replication_reasons') }}
),

misnamed as (
    select
        *,
        'row_label' as misnamed_column,
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
        'column_label' as misnamed_column,
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
    {{ complaint_of(
        file='file_name', line='file_line', key="exhibit || ', ' || row_label || ', ' || column_label",
        column='misnamed_column', value='label_text',
        rule="'the label is printed in the exhibit, or * for every one'"
    ) }}
from misnamed
