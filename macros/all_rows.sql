{#-
Window over all rows in the order of columns, for sums whose last digit must not depend on the order of threads: `order by`
inside an aggregate is not everywhere. Every row gets the same value; the model takes its max.
-#}
{% macro all_rows(columns) -%}
    order by {{ columns }} rows between unbounded preceding and unbounded following
{%- endmacro %}
