{#- The figures of a pair that a variable may be made of. -#}
{% macro pair_figures() -%}
    {{ return([
        'distance_km', 'distance_capitals_km', 'distance_weighted_km',
        'is_contiguous', 'has_common_official_language', 'had_colonial_tie', 'is_partner_landlocked',
    ]) }}
{%- endmacro %}


{#- The named figure of a pair as a number; yes is 1 and no is 0. -#}
{% macro pair_figure(pairs, name) -%}
    case {{ name }}
        {%- for figure in pair_figures() if figure.startswith('distance') %}
            when '{{ figure }}' then {{ pairs }}.{{ figure }}
        {%- endfor %}
        {%- for figure in pair_figures() if not figure.startswith('distance') %}
            when '{{ figure }}' then case when {{ pairs }}.{{ figure }} then 1.0 when not {{ pairs }}.{{ figure }} then 0.0 end
        {%- endfor %}
    end
{%- endmacro %}
