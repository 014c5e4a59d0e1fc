{#- How sure a class is, by the probability that the lasting K is in it: the limits are the vars
    firm_from_pct and leaning_from_pct. One that the pair itself decides is not firm. -#}
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

{#- What a table says of the class that a row has, from columns named by classes: classes of a project without a column have none. -#}
{% macro of_own_class(potential_class, table, prefix, suffix='') -%}
    case {{ potential_class }}
        when 'huge_potential' then {{ table }}.{{ prefix }}huge{{ suffix }}
        when 'potential_expansion' then {{ table }}.{{ prefix }}expansion{{ suffix }}
        when 'potential_reshaping' then {{ table }}.{{ prefix }}reshaping{{ suffix }}
    end
{%- endmacro %}
