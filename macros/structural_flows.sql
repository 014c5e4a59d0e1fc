{% macro size_bands() -%}
    {{ return(20) }}
{%- endmacro %}


{% macro of_direction(amount) -%}
    {%- set first, second = amount.replace('{k}', '1'), amount.replace('{k}', '2') -%}
    case labels.label
        when 'forward' then {{ first }}
        when 'back' then {{ second }}
        else coalesce({{ first }}, 0) + coalesce({{ second }}, 0)
    end
{%- endmacro %}


{% macro exporter_of(answers) -%}
    case {{ answers }}.flow
        when 'exports' then {{ answers }}.reporter_iso3
        when 'imports' then {{ answers }}.partner_iso3
        else least({{ answers }}.reporter_iso3, {{ answers }}.partner_iso3)
    end
{%- endmacro %}


{% macro importer_of(answers) -%}
    case {{ answers }}.flow
        when 'exports' then {{ answers }}.partner_iso3
        when 'imports' then {{ answers }}.reporter_iso3
        else greatest({{ answers }}.reporter_iso3, {{ answers }}.partner_iso3)
    end
{%- endmacro %}


{% macro seen_from(answers, pairs, amount, side) -%}
    {%- set names = ['1', '2'] if side == 'exports' else ['2', '1'] -%}
    case
        when {{ answers }}.reporter_iso3 = {{ pairs }}.first_iso3 then {{ pairs }}.{{ amount.replace('{k}', names[0]) }}
        else {{ pairs }}.{{ amount.replace('{k}', names[1]) }}
    end
{%- endmacro %}
