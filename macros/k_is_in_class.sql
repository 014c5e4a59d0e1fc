{% macro k_is_in_class(k, classes) -%}
    (
        {{ classes }}.k_lower is null
        or {{ k }} > {{ classes }}.k_lower
        or ({{ classes }}.is_lower_inclusive and {{ k }} = {{ classes }}.k_lower)
    )
    and (
        {{ classes }}.k_upper is null
        or {{ k }} < {{ classes }}.k_upper
        or ({{ classes }}.is_upper_inclusive and {{ k }} = {{ classes }}.k_upper)
    )
{%- endmacro %}
