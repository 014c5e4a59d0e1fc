{#-
Where SQL of the project becomes SQL of PostgreSQL: as late as possible and once. What dbt builds around it
(contracts, tests, unit tests) is built in the dialect of the project and translated with it.
-#}
{% macro tradepostgres__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if language == 'python' -%}
        {{ compiled_code }}
written_to = {{ tojson(relation.render()) }}
    {%- else -%}
        create {% if temporary %}temporary {% endif %}table {{ relation }}
        {%- if config.get('contract').enforced and not temporary %}
            {{ get_assert_columns_equivalent(compiled_code) }}
            {{ get_table_columns_and_constraints() }};
            insert into {{ relation }} ({{ default__get_column_names() }})
            {{ adapter.translated(get_select_subquery(compiled_code)) }}
        {%- else %} as
            {{ adapter.translated(compiled_code) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro tradepostgres__create_view_as(relation, sql) -%}
    {{ default__create_view_as(relation, adapter.translated(sql)) }}
{%- endmacro %}


{% macro tradepostgres__get_columns_in_query(select_sql) -%}
    {{ return(get_column_schema_from_query(select_sql) | map(attribute='name') | list) }}
{%- endmacro %}


{% macro tradepostgres__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ adapter.translated(default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit)) }}
{%- endmacro %}


{% macro tradepostgres__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {{ adapter.translated(default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names)) }}
{%- endmacro %}
