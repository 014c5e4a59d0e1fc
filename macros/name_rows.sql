{% macro name_rows(names, column) -%}
    select names_.{{ column }}
    from (
        values
        {%- for name in names %}
            ('{{ name }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as names_ ({{ column }})
{%- endmacro %}


{% macro picked(name, expressions) -%}
    case {{ name }}
        {%- for key, expression in expressions.items() %}
            when '{{ key }}' then cast({{ expression }} as double precision)
        {%- endfor %}
    end
{%- endmacro %}
