{% macro slots(first=0) -%}
    {{ return(range(first, max_terms() + 1) | list) }}
{%- endmacro %}


{% macro transformed(value, transform, divisor='1', floor_value='null') -%}
    case
        when {{ transform }} = 'none' then greatest({{ value }}, coalesce({{ floor_value }}, {{ value }})) / {{ divisor }}
        when {{ transform }} = 'ln' and greatest({{ value }}, coalesce({{ floor_value }}, {{ value }})) > 0
            then ln(greatest({{ value }}, coalesce({{ floor_value }}, {{ value }})) / {{ divisor }})
        when {{ transform }} = 'ln1p' and {{ value }} > -1
            then ln(1 + greatest({{ value }}, coalesce({{ floor_value }}, {{ value }})) / {{ divisor }})
    end
{%- endmacro %}


{% macro design_slots() -%}
    {{ return(range(2 * max_terms() + 1) | list) }}
{%- endmacro %}


{% macro slots_held(relation) -%}
    {% for k in slots(1) -%}
        case when {{ relation }}.v{{ k }} is null then '0' else '1' end{{ ' || ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
