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
    {{ row_place('variables') }}
from {{ input('variables') }}
