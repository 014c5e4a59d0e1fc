{% macro natural_range(name) -%}
    {%- set words = name.split('_') -%}
    {%- if words[-1] in ('share', 'probability') or name == 'p_value' or name.startswith('probability_') -%}
        {{ return([0, 1]) }}
    {%- elif words[-1] == 'percentile' -%}
        {{ return([0, 100]) }}
    {%- elif words[-1] in ('rank', 'order', 'position') -%}
        {{ return([1, none]) }}
    {%- elif words[-1] in ('usd', 'se', 'sd', 'count', 'tolerance') or words[-2:] == ['usd', 'mn'] or words[0] == 'n' -%}
        {{ return([0, none]) }}
    {%- endif -%}
    {{ return([none, none]) }}
{%- endmacro %}


{% macro presence_rules(columns) -%}
    {%- set rules = [] -%}
    {%- for column in columns -%}
        {%- do rules.append({'columns': [column], 'holds': column ~ ' is not null', 'rule': 'the value is present'}) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}


{% macro range_rules(ranges) -%}
    {%- set rules = [] -%}
    {%- if execute -%}
        {%- for column in graph.nodes[model.attached_node].columns.values()
            if column.data_type in ('double', 'integer', 'bigint') -%}
            {%- set low, high = ranges.get(column.name, natural_range(column.name)) -%}
            {%- set limits = [] -%}
            {%- if low is not none -%}{%- do limits.append(column.name ~ ' >= ' ~ low) -%}{%- endif -%}
            {%- if high is not none -%}{%- do limits.append(column.name ~ ' <= ' ~ high) -%}{%- endif -%}
            {%- if column.data_type == 'double' and (low is none or high is none) -%}
                {%- do limits.append('abs(' ~ column.name ~ ') <= 1e300') -%}
            {%- endif -%}
            {%- if limits -%}
                {%- do rules.append({
                    'columns': [column.name], 'holds': limits | join(' and '), 'rule': limits | join(' and ')}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rules) }}
{%- endmacro %}


{% macro judged_mart() -%}
    {{ return(graph.nodes[model.attached_node].alias if execute else '') }}
{%- endmacro %}


{% macro broken_row_complaint(rules) -%}
    {%- set texts, columns, values = [], [], [] -%}
    {%- for rule in rules -%}
        {%- do texts.append('when ' ~ loop.index ~ ' then ' ~ sql_text(rule.rule)) -%}
        {%- do columns.append('when ' ~ loop.index ~ ' then ' ~ sql_text(rule.columns | join(', '))) -%}
        {%- do values.append('when ' ~ loop.index ~ ' then ' ~ joined(rule.columns)) -%}
    {%- endfor -%}
    {{ complaint_of(
        file=sql_text(judged_mart()), key=joined(mart_keys()[judged_mart()]) if execute else 'null',
        column='case broken_rule ' ~ columns | join(' ') ~ ' end',
        value='case broken_rule ' ~ values | join(' ') ~ ' end',
        rule='case broken_rule ' ~ texts | join(' ') ~ ' end',
    ) }}
{%- endmacro %}


{% macro group_complaints(mart, check) -%}
    {%- set by = check.by if check.by is mapping else dict(zip(check.by, check.by)) -%}
    {%- set same = check.get('same', {}) -%}
    {%- set groups = check.get('groups', 'same') -%}
    {%- set names = [check.parent] if check.parent is string else check.parent -%}
    {%- set parent -%}
        {{ ref(names[0]) }} as parent
        {%- if names | length > 1 %}
            {{ 'inner' if check.joined_by else 'cross' }} join {{ ref(names[1]) }} as joined_parent
            {{ 'using (' ~ check.joined_by | join(', ') ~ ')' if check.joined_by }}
        {%- endif %}
    {%- endset -%}
    {%- set theirs_name = names | join(' with ') -%}
    {%- set sides = [
        (mart ~ ' as mart', by.keys() | list, 0, check.get('where')), (parent, by.values() | list, 1, check.get('parent_where'))
    ] -%}
    {%- set failures = [] -%}
    {%- if groups != 'complete' -%}
        {%- do failures.append(('theirs = 0', "mine || ' rows, none in " ~ theirs_name ~ "'", 'the parent has the group')) -%}
    {%- endif -%}
    {%- if groups != 'known' -%}
        {%- do failures.append(('mine = 0', "'no row, ' || theirs || ' in " ~ theirs_name ~ "'", 'the mart has the group')) -%}
    {%- endif -%}
    {%- for name in same -%}
        {%- set one, other = 'mine_' ~ loop.index, 'theirs_' ~ loop.index -%}
        {%- do failures.append((
            'mine > 0 and theirs > 0 and ' ~ one ~ ' is distinct from ' ~ other ~ ' and not coalesce(abs(' ~ one ~ ' - ' ~ other
            ~ ') <= ' ~ same_tolerance() ~ ' * greatest(abs(' ~ one ~ '), abs(' ~ other ~ ')) + ' ~ check.get('rounding', 0)
            ~ ' * mine, false)',
            "coalesce(cast(" ~ one ~ " as varchar), 'nothing') || ', by " ~ theirs_name ~ " ' || coalesce(cast(" ~ other
            ~ " as varchar), 'nothing')",
            name)) -%}
    {%- endfor -%}
    {%- set texts, values, conditions = [], [], [] -%}
    {%- for condition, value, text in failures -%}
        {%- do conditions.append('when ' ~ condition ~ ' then ' ~ loop.index) -%}
        {%- do values.append('when ' ~ loop.index ~ ' then ' ~ value) -%}
        {%- do texts.append('when ' ~ loop.index ~ ' then ' ~ sql_text(text)) -%}
    {%- endfor -%}
    select
        {{ complaint_of(
            file=sql_text(judged_mart()), key='group_key',
            column=sql_text(by.keys() | join(', ')),
            value='case broken_rule ' ~ values | join(' ') ~ ' end',
            rule='case broken_rule ' ~ texts | join(' ') ~ ' end',
        ) }}
    from (
        select
            beside.*,
            case {{ conditions | join(' ') }} end as broken_rule
        from (
            select
                group_key,
                {%- for name in same %}
                    max(mine_{{ loop.index }}) as mine_{{ loop.index }},
                    max(theirs_{{ loop.index }}) as theirs_{{ loop.index }},
                {%- endfor %}
                sum(mine) as mine,
                sum(theirs) as theirs
            from (
                {%- for relation, columns, side, condition in sides %}
                    select
                        {{ joined(columns) }} as group_key,
                        {%- for name, expressions in same.items() %}
                            {{ 'cast(' ~ expressions[0] ~ ' as double precision)' if side == 0 else 'cast(null as double precision)' }}
                                as mine_{{ loop.index }},
                            {{ 'cast(' ~ expressions[1] ~ ' as double precision)' if side == 1 else 'cast(null as double precision)' }}
                                as theirs_{{ loop.index }},
                        {%- endfor %}
                        {{ 'count(*)' if side == 0 else '0' }} as mine,
                        {{ 'count(*)' if side == 1 else '0' }} as theirs
                    from {{ relation }}
                    {{ 'where ' ~ condition if condition }}
                    group by {{ columns | join(', ') }}
                    {{ 'union all' if loop.first }}
                {%- endfor %}
            ) as counted
            group by group_key
        ) as beside
    ) as judged
    where broken_rule is not null
{%- endmacro %}


{#- Rounding of some million additions, in another order. -#}
{% macro same_tolerance() -%}
    1e-9
{%- endmacro %}
