{{ require_columns('variables') }}

select
    variable,
    variable_kind,
    derivation,
    indicator_code,
    benchmark,
    pair_figure,
    variable_name,
    unit,
    divisor,
    base_year,
    {{ file_line() }} as file_line
from {{ ref('variables') }}
