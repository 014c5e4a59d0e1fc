{#- Numbers of the slots of a sample: terms stand in v1 .. v<max_terms>, an outcome in v0. -#}
{% macro slots(first=0) -%}
    {{ return(range(first, max_terms() + 1) | list) }}
{%- endmacro %}


{#- The value a specification enters: raised to the floor, divided, transformed; null where undefined. -#}
{% macro transformed(value, transform, divisor='1', floor_value='null') -%}
    case
        when {{ transform }} = 'none' then greatest({{ value }}, coalesce({{ floor_value }}, {{ value }})) / {{ divisor }}
        when {{ transform }} = 'ln' and greatest({{ value }}, coalesce({{ floor_value }}, {{ value }})) > 0
            then ln(greatest({{ value }}, coalesce({{ floor_value }}, {{ value }})) / {{ divisor }})
        when {{ transform }} = 'ln1p' and {{ value }} > -1
            then ln(1 + greatest({{ value }}, coalesce({{ floor_value }}, {{ value }})) / {{ divisor }})
    end
{%- endmacro %}


{#- Numbers of the design slots of scores and covariances: constant, terms, partner means of the terms. -#}
{% macro design_slots() -%}
    {{ return(range(2 * max_terms() + 1) | list) }}
{%- endmacro %}


{#- Which slots of a row hold a value, as a text of a 1 or a 0 for each. -#}
{% macro slots_held(relation) -%}
    {% for k in slots(1) -%}
        case when {{ relation }}.v{{ k }} is null then '0' else '1' end{{ ' || ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
