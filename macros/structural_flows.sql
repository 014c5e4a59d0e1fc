{#- Bands of pairs of like predicted size, of equal count, by year and flow. -#}
{% macro size_bands() -%}
    {{ return(20) }}
{%- endmacro %}


{#- An amount by the label of a flow: forward the first direction, back the second, else their sum over those that are there. -#}
{% macro of_direction(amount) -%}
    {%- set first, second = amount.replace('{k}', '1'), amount.replace('{k}', '2') -%}
    case labels.label
        when 'forward' then {{ first }}
        when 'back' then {{ second }}
        else coalesce({{ first }}, 0) + coalesce({{ second }}, 0)
    end
{%- endmacro %}
