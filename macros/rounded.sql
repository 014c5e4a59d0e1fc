{#- Written out: PostgreSQL rounds only decimals to places, and rounds floating-point halves to even. -#}
{% macro rounded(value, decimals) -%}
    {%- set unit = '1' ~ '0' * decimals -%}
    case
        when abs({{ value }}) < 1e12
            then sign({{ value }}) * floor(abs({{ value }}) * {{ unit }} + 0.5) / {{ unit }}
        else {{ value }}
    end
{%- endmacro %}
