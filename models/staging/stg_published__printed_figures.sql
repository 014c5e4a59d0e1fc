{{ require_columns('printed_figures') }}

select
    exhibit,
    row_label,
    column_label,
    printed_text,
    row_order,
    column_order,
    printed_value,
    decimals,
    {{ row_place('printed_figures') }}
from {{ input('printed_figures') }}
