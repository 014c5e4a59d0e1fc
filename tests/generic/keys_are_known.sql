{#-
The argument `known` of input_keeps_rules, for where an unknown key only warns, and where somebody reads the input and not the other
one: a failed test stops who descends from all that it reads, and nobody else.
-#}
{% test keys_are_known(model, known) %}

    {%- set judged = staged_rows() %}
    {%- set complaints = [] %}
    {%- for column in known %}{% do complaints.append(unknown_keys(judged, column, known[column])) %}{% endfor %}
    {{ in_order(complaints) }}

{% endtest %}
