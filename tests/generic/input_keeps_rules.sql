{#- One test for all rules: a test costs more than a rule. -#}
{% test input_keeps_rules(model, present=[], countries=[], known={}, one_of={}, rows=[]) %}

    {%- set judged = staged_rows() %}
    {%- set complaints = [repeated_keys(judged)] %}
    {%- for column in present %}{% do complaints.append(absent_values(judged, column)) %}{% endfor %}
    {%- for column in countries %}{% do complaints.append(unknown_countries(judged, column)) %}{% endfor %}
    {%- for column in known %}{% do complaints.append(unknown_keys(judged, column, known[column])) %}{% endfor %}
    {%- for column in one_of %}{% do complaints.append(unlisted_values(judged, column, one_of[column])) %}{% endfor %}
    {%- for rule in rows %}{% do complaints.append(broken_rows(judged, rule)) %}{% endfor %}
    {{ in_order(complaints) }}

{% endtest %}
