{% macro pair_figures(of_world=false) -%}
    {%- set figures = [
        'distance_km', 'distance_capitals_km', 'distance_weighted_km',
        'is_contiguous', 'has_common_official_language', 'had_colonial_tie',
    ] -%}
    {{ return(figures if of_world else figures + ['is_partner_landlocked']) }}
{%- endmacro %}


{% macro pair_figure(pairs, name, of_world=false) -%}
    {%- set figures = pair_figures(of_world) -%}
    case {{ name }}
        {%- for figure in figures if figure.startswith('distance') %}
            when '{{ figure }}' then {{ pairs }}.{{ figure }}
        {%- endfor %}
        {%- for figure in figures if not figure.startswith('distance') %}
            when '{{ figure }}' then case when {{ pairs }}.{{ figure }} then 1.0 when not {{ pairs }}.{{ figure }} then 0.0 end
        {%- endfor %}
    end
{%- endmacro %}
