{% macro in_order(complaints) -%}
    select *
    from (
        {{ complaints | join('\n        union all\n        ') }}
    ) as refused
    order by {{ complaint_order() }}
{%- endmacro %}


{#- Copies are sought by aggregation, which a database spills; only they are numbered. -#}
{% macro repeated_keys(rows) -%}
    {%- set columns = input_key(input_name(rows.identifier)) -%}
    select {{ complaint(rows, columns | join(', '), joined(columns), 'the key is unique') }}
    from (
        select
            stored.*,
            row_number() over (
                partition by {% for column in columns %}stored.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                order by {{ bundled_first(rows) }}{{ place_columns(rows) }}
            ) as copy_number
        from {{ rows }} as stored
        inner join (
            select {{ columns | join(', ') }}
            from {{ rows }}
            group by {{ columns | join(', ') }}
            having count(*) > 1
        ) as copied
            on
                {% for column in columns -%}
                    stored.{{ column }} is not distinct from copied.{{ column }}
                    {{ 'and' if not loop.last }}
                {% endfor %}
    ) as numbered
    where copy_number > 1
{%- endmacro %}


{% macro bundled_first(rows) -%}
    {%- set name = input_name(rows.identifier) -%}
    {{ 'case when file_name = ' ~ sql_text(input_label(name)) ~ ' then 0 else 1 end, ' if has_many_files(name) }}
{%- endmacro %}


{% macro absent_values(rows, column) -%}
    select {{ complaint(rows, column, joined([column]), 'the value is present and finite') }}
    from {{ rows }}
    where {{ is_absent(column) }}
{%- endmacro %}


{% macro unknown_countries(rows, column) -%}
    select
        {{ complaint(
            rows, column, joined([column]),
            'the code is a country_iso3 of ' ~ input_label('countries')
            ~ ' or a source_code of ' ~ input_label('country_code_mappings')
        ) }}
    from {{ rows }} as child
    where
        not exists (
            select 1 from {{ ref('stg_inputs__countries') }} as country
            where country.country_iso3 = child.{{ column }}
        )
        and not exists (
            select 1 from {{ ref('stg_inputs__country_code_mappings') }} as mapping
            where mapping.source_code = child.{{ column }}
        )
{%- endmacro %}


{% macro unknown_keys(rows, column, parent) -%}
    select
        {{ complaint(
            rows, column, joined([column]),
            'the value is a ' ~ parent.field ~ ' of ' ~ input_label(input_name(parent.to.identifier))
        ) }}
    from {{ rows }} as child
    where
        {{ column }} is not null
        and not exists (
            select 1 from {{ parent.to }} as parent where parent.{{ parent.field }} = child.{{ column }}
        )
{%- endmacro %}


{% macro unlisted_values(rows, column, values) -%}
    select
        {{ complaint(
            rows, column, joined([column]), 'the value is one of ' ~ values | join(', ')
        ) }}
    from {{ rows }}
    where
        {{ column }} is not null
        and cast({{ column }} as varchar) not in (
            {%- for value in values %}{{ sql_text(value | string) }}{{ ', ' if not loop.last }}{% endfor -%}
        )
{%- endmacro %}


{% macro broken_rows(rows, rule) -%}
    select {{ complaint(rows, rule.columns | join(', '), joined(rule.columns), rule.rule) }}
    from {{ rows }}
    where not ({{ rule.holds }})
{%- endmacro %}
