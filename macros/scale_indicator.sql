{% macro scale_indicator(derivation) -%}
    case {{ derivation }}
        when 'count' then 'SP.POP.TOTL'
        when 'per_head' then 'SP.POP.TOTL'
        when 'per_gdp' then 'NY.GDP.MKTP.CD'
    end
{%- endmacro %}
