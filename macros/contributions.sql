{#- The columns are logarithms and add up to ln(other K / K); in words they are factors, the largest first. -#}
{% macro contributions() -%}
    {{ return({
        'trade_source_log': 'trade by the source of the study',
        'mean_for_median_log': 'benchmark of typical (median), not mean trade',
        'own_trade_log': 'benchmark without the own trade of the pair',
        'partner_imports_log': 'benchmark by size and income of the partner, not by what it buys from others',
        'partner_exports_log': 'benchmark by size and income of the partner, not by what it sells to others',
        'trade_costs_log': 'benchmark without distance, ties and agreements as estimated on world trade',
        'year_level_log': 'level that the partners of the year share',
        'other_terms_log': 'own regressors of the specification',
    }) }}
{%- endmacro %}


{% macro ratio_text(ratio) -%}
    case
        when {{ ratio }} >= 1e6 then 'above 1000000'
        when {{ ratio }} >= 0.1 then {{ bound_text(rounded('least(' ~ ratio ~ ', 1e6)', 2)) }}
        else {{ bound_text(rounded('least(' ~ ratio ~ ', 1e6)', 4)) }}
    end
{%- endmacro %}


{% macro weighted(of_exports, of_imports) -%}
    case flow
        when 'exports' then {{ of_exports }}
        when 'imports' then {{ of_imports }}
        else
            (coalesce(exports_usd, 0) * ({{ of_exports }}) + coalesce(imports_usd, 0) * ({{ of_imports }}))
            / (coalesce(exports_usd, 0) + coalesce(imports_usd, 0))
    end
{%- endmacro %}


{% macro contribution_columns(table) -%}
    {%- set columns = {} -%}
    {%- for name in contributions() -%}{%- do columns.update({name: table ~ '.' ~ name}) -%}{%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}


{% macro contribution_text(name, log_value, estimator) -%}
    case
        when {{ estimator }} = 'ppml_structural' and {{ name }} = 'trade_costs_log' then 'other slopes of distance, ties and agreements'
        when {{ estimator }} = 'ppml_structural' and {{ name }} = 'other_terms_log' then 'other effects of the two economies'
        {%- for column, words in contributions().items() %}
            when {{ name }} = '{{ column }}' then '{{ words }}'
        {%- endfor %}
    end || ' x ' || {{ ratio_text('exp(' ~ log_value ~ ')') }}
{%- endmacro %}
