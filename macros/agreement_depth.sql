{% macro agreement_depth(name) -%}
    case {{ name }}
        when 'CU' then 3
        when 'has_customs_union' then 3
        when 'FTA' then 2
        when 'has_free_trade_agreement' then 2
        when 'PSA' then 1
        when 'has_partial_agreement' then 1
    end
{%- endmacro %}
