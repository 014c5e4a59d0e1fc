{#- Sums over slots of a row, as plain SQL; rendered as moments.sql is. -#}

{#-
Sum of an expression over slots, {k} standing for the slot; unused slots add nothing. `dense` says
that there are none: a fifth of the time of a pass goes into asking.
-#}
{% macro slot_sum(expression, slots, dense=false) -%}
    (
        {%- for k in slots %}
            {%- set term = expression | replace('{k}', k | string) %}
            {{ term if dense else 'coalesce(' ~ term ~ ', 0)' }}{{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#- Row k of a symmetric matrix c_i_j (i <= j) times a vector. -#}
{% macro product_row(vector, matrix, k, slots) -%}
    (
        {%- for j in slots %}
            coalesce({{ vector }}{{ j }} * {{ matrix }}.c_{{ [j, k] | min }}_{{ [j, k] | max }}, 0)
            {{- ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#- x' V x for x = (1, x1, x2, ..) and a symmetric V in c_i_j, i <= j; `columns` are x1, x2, .. -#}
{% macro quadratic_form(matrix, columns) -%}
    (
        {{ matrix }}.c_0_0
        {%- for column in columns %}
            + coalesce(2 * {{ matrix }}.c_0_{{ loop.index }} * {{ column }}, 0)
        {%- endfor %}
        {%- for i in range(1, columns | length + 1) %}
            {%- for j in range(i, columns | length + 1) %}
                + coalesce({{ 1 if i == j else 2 }} * {{ matrix }}.c_{{ i }}_{{ j }} * {{ columns[i - 1] }} * {{ columns[j - 1] }}, 0)
            {%- endfor %}
        {%- endfor %}
    )
{%- endmacro %}


{#- Products of the columns m_i, i in design slots, summed over the rows of a key. -#}
{% macro summed_outer_products(relation, keys, design) -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {% for i in design %}{% for j in design if j >= i %}sum(m{{ i }} * m{{ j }}) as c_{{ i }}_{{ j }},
        {% endfor %}{% endfor -%}
        count(*) as cluster_count
    from {{ relation }}
    group by {{ keys | join(', ') }}
{%- endmacro %}
