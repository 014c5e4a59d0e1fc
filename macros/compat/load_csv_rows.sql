{#- dbt-duckdb leaves the path as it is, so that an apostrophe ends it and a bracket is a pattern. -#}
{% macro duckdb__load_csv_rows(model, agate_table) -%}
    {%- set sql = 'copy ' ~ this.render() ~ ' from ' ~ sql_text(as_pattern(adapter.get_seed_file_path(model)))
        ~ ' (format csv, header true)' -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{%- endmacro %}
