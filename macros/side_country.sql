{% macro side_country(pair, side) -%}
    case {{ side }} when 'reporter' then {{ pair }}.reporter_iso3 else {{ pair }}.partner_iso3 end
{%- endmacro %}
