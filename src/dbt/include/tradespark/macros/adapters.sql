{#-
Where SQL of the project becomes SQL of Spark: as late as possible and once. What dbt builds around it
(contracts, tests, unit tests) is built in the dialect of the project and translated with it.
-#}
{% macro tradespark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if language == 'python' -%}
        {{ compiled_code }}
written_to = {{ tojson(relation.render()) }}
    {%- elif temporary -%}
        {{ spark__create_temporary_view(relation, adapter.translated(compiled_code)) }}
    {%- else -%}
        create table {{ relation }}
        {%- if config.get('contract').enforced %}
            {{ get_assert_columns_equivalent(compiled_code) }}
            {%- set compiled_code = get_select_subquery(compiled_code) -%}
        {%- endif %}
        {{ file_format_clause() }}
        {{ options_clause() }}
        {{ tblproperties_clause() }}
        {{ partition_cols(label='partitioned by') }}
        {{ clustered_cols(label='clustered by') }}
        {{ location_clause() }}
        {{ comment_clause() }}
        as
        {{ adapter.translated(compiled_code) }}
    {%- endif -%}
{%- endmacro %}


{% macro tradespark__create_view_as(relation, sql) -%}
    {{ spark__create_view_as(relation, adapter.translated(sql)) }}
{%- endmacro %}


{% macro tradespark__get_columns_in_query(select_sql) -%}
    {{ return(get_column_schema_from_query(select_sql) | map(attribute='name') | list) }}
{%- endmacro %}


{% macro tradespark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ adapter.translated(default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit)) }}
{%- endmacro %}


{% macro tradespark__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {{ adapter.translated(default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names)) }}
{%- endmacro %}


{#- Quotes within texts are doubled, as in the dialect of the project; the translation does the rest. -#}
{% macro tradespark__escape_single_quotes(expression) -%}
    {{ default__escape_single_quotes(expression) }}
{%- endmacro %}
