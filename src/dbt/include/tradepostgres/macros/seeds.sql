{#- DuckDB reads the file; the table is made with its rows (load_csv_rows). The statement opens the transaction. -#}
{% macro tradepostgres__create_csv_table(model, agate_table) -%}
    {%- set sql = 'drop table if exists ' ~ this.render() ~ ' cascade' -%}
    {%- call statement('_') -%}
        {{ sql }}
    {%- endcall -%}
    {#- dbt loads no rows where there are none. -#}
    {%- if not agate_table.rows | length -%}
        {%- do tradepostgres__load_csv_rows(model, agate_table) -%}
    {%- endif -%}
    {{ return(sql) }}
{%- endmacro %}


{% macro tradepostgres__load_csv_rows(model, agate_table) -%}
    {{ return(adapter.load_seed(this, model, agate_table.column_names | list)) }}
{%- endmacro %}
