{#-
dbt puts the header of a seed into SQL as it stands: a column named "x int); drop table y; --" would be run. A
column that is not declared is refused before the table is made, as require_columns does it for staging.
-#}
{% macro duckdb__create_csv_table(model, agate_table) -%}
    {%- for name in agate_table.column_names if name not in model.columns -%}
        {{ exceptions.raise_compiler_error(
            model.original_file_path ~ ', line 1, column "' ~ name
            ~ '": the column is unknown (rule: the header holds only declared columns)') }}
    {%- endfor -%}
    {{ return(dbt.default__create_csv_table(model, agate_table)) }}
{%- endmacro %}
