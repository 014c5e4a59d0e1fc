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
