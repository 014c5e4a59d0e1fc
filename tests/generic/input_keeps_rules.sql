{#-
What the rows of an input keep, in one test: a test costs more than a rule. Its key, config.meta.key of the seed, names at most one
row; that is always asked.

present: columns in which no value is missing.
countries: columns of country codes, ISO 3166 alpha-3 or explained by country_code_mappings.
known: columns that are empty or a key of another input, its column `field`, staged in `to`.
one_of: columns that are empty or one of some values.
rows: conditions that every row fulfils (`holds`, over `columns`); where one is null nothing is told.
-#}
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
