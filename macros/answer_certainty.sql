{% macro answer_certainty(probability, depends_on_own_trade) -%}
    case
        when {{ probability }} is null then cast(null as varchar)
        when 100 * {{ probability }} >= {{ whole_number('firm_from_pct') }}
            and not {{ depends_on_own_trade }}
            then 'firm'
        when 100 * {{ probability }} >= {{ whole_number('leaning_from_pct') }} then 'leaning'
        else 'undecided'
    end
{%- endmacro %}

{% macro of_own_class(potential_class, table, prefix, suffix='') -%}
    case {{ potential_class }}
        when 'huge_potential' then {{ table }}.{{ prefix }}huge{{ suffix }}
        when 'potential_expansion' then {{ table }}.{{ prefix }}expansion{{ suffix }}
        when 'potential_reshaping' then {{ table }}.{{ prefix }}reshaping{{ suffix }}
    end
{%- endmacro %}
