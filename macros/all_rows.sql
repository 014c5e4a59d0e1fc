{#-
Window over all rows in the order of columns, for sums whose last digit must not depend on the order of threads: `order by`
inside an aggregate is not everywhere. Every row (of a part, after `partition by`) gets the same value.
-#}
{% macro all_rows(columns) -%}
    order by {{ columns }} rows between unbounded preceding and unbounded following
{%- endmacro %}
