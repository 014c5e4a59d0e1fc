{#-
What leads from the structural K to another K, as columns of rpt_answer_differences and in words. They are logarithms and add
up to ln(other K / K); in words they are factors, the largest first.
-#}
{% macro contributions() -%}
    {{ return({
        'trade_source_log': 'source of the trade figures',
        'mean_for_median_log': 'median in place of the mean',
        'own_trade_log': 'own trade in the benchmark',
        'partner_imports_log': 'purchases of the partner from others beyond its size and income',
        'partner_exports_log': 'sales of the partner to others beyond its size and income',
        'trade_costs_log': 'distance, ties and agreements',
        'year_level_log': 'level of the year over all partners',
        'other_terms_log': 'other regressors',
    }) }}
{%- endmacro %}


{#- A ratio in words: two decimals, four below 0.1. -#}
{% macro ratio_text(ratio) -%}
    case
        when {{ ratio }} >= 1e6 then 'above 1000000'
        when {{ ratio }} >= 0.1 then {{ bound_text(rounded('least(' ~ ratio ~ ', 1e6)', 2)) }}
        else {{ bound_text(rounded('least(' ~ ratio ~ ', 1e6)', 4)) }}
    end
{%- endmacro %}


{#- What exports and imports contribute to a flow seen from the reporter, to the total by their predictions. -#}
{% macro weighted(of_exports, of_imports) -%}
    case flow
        when 'exports' then {{ of_exports }}
        when 'imports' then {{ of_imports }}
        else
            (coalesce(exports_usd, 0) * ({{ of_exports }}) + coalesce(imports_usd, 0) * ({{ of_imports }}))
            / (coalesce(exports_usd, 0) + coalesce(imports_usd, 0))
    end
{%- endmacro %}


{#- The contributions of a table by name, for macro picked. -#}
{% macro contribution_columns(table) -%}
    {%- set columns = {} -%}
    {%- for name in contributions() -%}{%- do columns.update({name: table ~ '.' ~ name}) -%}{%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}


{#- A contribution in words: what it is and by which factor it moves K; what is left of two structural ones are their effects. -#}
{% macro contribution_text(name, log_value, estimator) -%}
    case
        when {{ estimator }} = 'ppml_structural' and {{ name }} = 'other_terms_log' then 'effects of the two economies'
        {%- for column, words in contributions().items() %}
            when {{ name }} = '{{ column }}' then '{{ words }}'
        {%- endfor %}
    end || ' x ' || {{ ratio_text('exp(' ~ log_value ~ ')') }}
{%- endmacro %}
