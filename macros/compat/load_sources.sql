{% macro load_sources() -%}
    {{ return(adapter.dispatch('load_sources', 'trade_potential')()) }}
{%- endmacro %}

{% macro duckdb__load_sources() -%}
{%- endmacro %}

{% macro default__load_sources() -%}
    {%- for declared in (graph.sources.values() if execute else [])
        if declared.name not in inputs_given() and stages_input(declared.name) -%}
        {%- set relation = api.Relation.create(
            database=declared.database, schema=declared.schema, identifier=declared.identifier, type='table') -%}
        {%- do adapter.load_source(
            relation, invocation_args_dict.project_dir ~ '/' ~ input_label(declared.name), input_types(declared.name)) -%}
    {%- endfor -%}
{%- endmacro %}
