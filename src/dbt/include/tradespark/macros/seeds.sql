{#- DuckDB reads the file; the table is made with its rows (load_csv_rows). -#}
{% macro tradespark__create_csv_table(model, agate_table) -%}
    {#- dbt loads no rows where there are none. -#}
    {{ return('' if agate_table.rows | length else tradespark__load_csv_rows(model, agate_table)) }}
{%- endmacro %}


{% macro tradespark__load_csv_rows(model, agate_table) -%}
    {{ return(adapter.load_seed(this, model, agate_table.column_names | list)) }}
{%- endmacro %}
