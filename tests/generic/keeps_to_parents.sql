{#-
A mart beside what it is made of; every argument is declared in the YAML of the mart.

present: columns that are never empty.
ranges: [lowest, highest] of number columns whose name does not tell it (macro natural_range); null: none.
rows: conditions that every row fulfils (`holds`, over `columns`); where one is null nothing is told.
parents: rows of the mart and of a parent, or of two parents joined by the columns of `joined_by`, grouped `by` columns, a
    mapping where the parent names them otherwise. Every group stands on both sides; with `groups: known` the parent may have
    more, with `groups: complete` the mart. Of a group, expressions of `same` are equal, [of the mart, of the parent], but
    for the last digits, and for `rounding` a row where the mart is rounded.
-#}
{% test keeps_to_parents(model, present=[], ranges={}, rows=[], parents=[]) %}

    {%- set rules = presence_rules(present) + range_rules(ranges) + rows %}
    {%- if rules %}
        select {{ broken_row_complaint(rules) }}
        from (
            select
                stored.*,
                case
                    {%- for rule in rules %}
                        when not ({{ rule.holds }}) then {{ loop.index }}
                    {%- endfor %}
                end as broken_rule
            from {{ model }} as stored
        ) as judged
        where broken_rule is not null
    {%- endif %}
    {%- for check in parents %}
        {{ 'union all' if rules or not loop.first }}
        {{ group_complaints(model, check) }}
    {%- endfor %}

{% endtest %}
