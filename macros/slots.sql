{#- Numbers of the slots of a sample: terms stand in v1 .. v<max_terms>, an outcome in v0. -#}
{% macro slots(first=0) -%}
    {{ return(range(first, var('max_terms') + 1) | list) }}
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


{#- Sum of an expression over slots, {k} standing for the slot; unused slots add nothing. -#}
{% macro slot_sum(expression, slots) -%}
    (
        {%- for k in slots %}
            coalesce({{ expression | replace('{k}', k | string) }}, 0){{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#- Row k of a symmetric matrix c_i_j (i <= j) times a vector. -#}
{% macro product_row(vector, matrix, k, slots) -%}
    (
        {%- for j in slots %}
            coalesce({{ vector }}{{ j }} * {{ matrix }}.c_{{ [j, k] | min }}_{{ [j, k] | max }}, 0)
            {{- ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#- x' V x for x = (1, v1, v2, ..) and a symmetric V in c_i_j, i <= j. -#}
{% macro quadratic_form(matrix, vector, slots) -%}
    (
        {{ matrix }}.c_0_0
        {%- for j in slots %}
            + coalesce(2 * {{ matrix }}.c_0_{{ j }} * {{ vector }}.v{{ j }}, 0)
        {%- endfor %}
        {%- for i in slots %}
            {%- for j in slots if j >= i %}
                + coalesce({{ 1 if i == j else 2 }} * {{ matrix }}.c_{{ i }}_{{ j }} * {{ vector }}.v{{ i }} * {{ vector }}.v{{ j }}, 0)
            {%- endfor %}
        {%- endfor %}
    )
{%- endmacro %}
