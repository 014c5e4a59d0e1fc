{#- One row a name, to cross with a table whose columns become rows; ``picked`` chooses the value of each. -#}
{% macro name_rows(names, column) -%}
    select names_.{{ column }}
    from (
        values
        {%- for name in names %}
            ('{{ name }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as names_ ({{ column }})
{%- endmacro %}


{#- The value of the name that a row has, of expressions by name. -#}
{% macro picked(name, expressions) -%}
    case {{ name }}
        {%- for key, expression in expressions.items() %}
            when '{{ key }}' then cast({{ expression }} as double precision)
        {%- endfor %}
    end
{%- endmacro %}
