{#-
Decision 041. load_own puts the rows of the own folder (trade_potential.quality.own_folder) into tables before the run, and everything
below staging sees one input.
-#}
{% macro seed_rows(name) -%}
    {%- set own = own_folder() -%}
    (
        select
            {% for column in input_types(name) -%}
                {{ column }},
            {% endfor -%}
            {{ sql_text(input_label(name)) }} as file_name,
            {{ file_line() }} as file_line
        from {{ ref(name) }}
        {#- Without the bundled studies the rows of each are left out, and what is said of all stays. -#}
        {%- for column in ('study_id', 'replication_id') if not own.bundled_studies and column in input_types(name) %}
            {{ 'where' if loop.first else 'and' }} {{ column }} = 'all'
        {%- endfor %}
        {% if name in own.files -%}
            union all
            select
                {% for column in input_types(name) -%}
                    {{ column }},
                {% endfor -%}
                {{ sql_text(own.files[name].label) }} as file_name,
                {{ file_line() }} as file_line
            from {{ own_relation(name) }}
        {%- endif %}
    ) as {{ name }}
{%- endmacro %}


{% macro own_folder() -%}
    {{ return(library('own_folder', {'project': invocation_args_dict.project_dir | string, 'folder': var('own_folder')})) }}
{%- endmacro %}


{% macro own_relation(name) -%}
    {{ return(api.Relation.create(database=target.database, schema='own', identifier=name, type='table')) }}
{%- endmacro %}


{#- Before any method of the adapter, which opens a transaction. -#}
{% macro load_own() -%}
    {%- if execute and runs_nodes() -%}
        {%- for name, file in own_folder().files.items() if stages_input(name) -%}
            {%- if name in inputs_given() -%}
                {{ refuse_inputs('reads ' ~ name ~ ' from elsewhere, so that ' ~ file.label ~ ' would be passed over') }}
            {%- endif -%}
            {%- do adapter.dispatch('load_own_rows', 'trade_potential')(name, file) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- The form of the file has been checked (dbt_trade_potential): one line is one row, and every cell fits its type. -#}
{% macro duckdb__load_own_rows(name, file) -%}
    {%- do run_query('create schema if not exists ' ~ own_relation(name).without_identifier()) -%}
    {%- do run_query(
        'create or replace table ' ~ own_relation(name) ~ ' as '
        ~ library('own_rows', {'path': file.path, 'types': input_types(name)}) ~ (' where false' if flags.EMPTY else '')) -%}
{%- endmacro %}

{% macro default__load_own_rows(name, file) -%}
    {%- do exceptions.raise_compiler_error(
        file.label ~ ': rows of one\'s own are read on DuckDB, not on a target of type ' ~ target.type
        ~ '; build with the target duckdb, or add the rows to ' ~ input_label(name)) -%}
{%- endmacro %}
