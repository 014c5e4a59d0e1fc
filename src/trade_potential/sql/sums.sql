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


{#-
x' V x for x = (1, x1, .., xn) and a symmetric V in c_i_j, i <= j; what is not used is 0, as a test for null in each of
the hundreds of products takes engines seconds to plan.
-#}
{% macro quadratic_form(matrix, vector, n) -%}
    (
        {{ matrix }}.c_0_0
        {%- for j in range(1, n + 1) %}
            + 2 * {{ matrix }}.c_0_{{ j }} * {{ vector }}{{ j }}
        {%- endfor %}
        {%- for i in range(1, n + 1) %}
            + {{ vector }}{{ i }} * ({{ matrix }}.c_{{ i }}_{{ i }} * {{ vector }}{{ i }}
            {%- if i < n %} + 2 * (
                {%- for j in range(i + 1, n + 1) %}{{ matrix }}.c_{{ i }}_{{ j }} * {{ vector }}{{ j }}{{ ' + ' if not loop.last }}{% endfor -%}
            ){% endif %})
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
