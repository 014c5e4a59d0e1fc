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
    {{ file_line() }} as file_line
from {{ ref('printed_figures') }}
