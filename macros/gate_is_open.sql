{% macro gate_is_open() -%}
    not exists (
        select 1
        from {{ ref('gate_results') }} as gate
        where gate.severity = 'error' and not gate.passed
    )
{%- endmacro %}
