{#-
It is a table, unless the rows have been loaded into one already: they are read once, so that what the gate saw is what everything
below it uses, whatever becomes of the files. Everything but the name of the model follows from the declaration in
seeds/<folder>/_<folder>__seeds.yml, of a source (inputs/world/_world__sources.yml) that the model names.
-#}
{% macro staged(declared=none) -%}
    {%- set name = input_name(this.identifier) -%}
    {{ config(materialized='view' if is_loaded(name, declared) else 'table') }}
    {%- do require_columns(name) -%}
    {#- A parent also where the rows stand elsewhere: its tests judge this model, and stop who reads it. #}
    -- depends on {{ ref(name) if declared is none else name }}
    select
        {% for column in input_types(name) -%}
            {{ column }},
        {% endfor -%}
        {{ row_place(name) }}
    from {{ input(name) if execute or declared is none else declared }}
{%- endmacro %}


{% macro is_loaded(name, declared) -%}
    {{ return(name not in inputs_given() and (declared is none or target.type != 'duckdb')) }}
{%- endmacro %}


{% macro gated() -%}
    {{ config(materialized='view') }}
    {%- set name = this.identifier.removeprefix('gate_') %}
    select
        {% for column in input_types(name) -%}
            {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('stg_inputs__' ~ name) }}
    where {{ gate_is_open() }}
{%- endmacro %}


{% macro staged_rows() -%}
    {%- set declared = judged_input(model) -%}
    {{ return(ref('stg_' ~ (declared.source or model.fqn[1]) ~ '__' ~ declared.name)) }}
{%- endmacro %}


{% macro judged_input(test) -%}
    {{ return(modules.re.search(
        "(?:ref|source)[(](?:'(?P<source>\\w+)', *)?'(?P<name>\\w+)'[)]", test.test_metadata.kwargs.model).groupdict()) }}
{%- endmacro %}


{% macro input_names(folder) -%}
    {%- set names = [] -%}
    {%- for declared in input_declarations() if input_folder(declared) == folder -%}
        {%- do names.append(declared.name) -%}
    {%- endfor -%}
    {{ return(names | sort) }}
{%- endmacro %}


{% macro input_declarations() -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- do found.extend(graph.nodes.values() | selectattr('resource_type', 'equalto', 'seed')) -%}
        {%- do found.extend(graph.sources.values()) -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{% macro input_folder(declared) -%}
    {{ return(declared.source_name if declared.resource_type == 'source' else declared.fqn[1]) }}
{%- endmacro %}


{% macro input_key(name) -%}
    {{ return(input_declaration(name).config.meta.key if execute else []) }}
{%- endmacro %}


{% macro named_by(name) -%}
    {{ return((input_declaration(name).config.meta.get('named_by') if execute) or input_key(name)) }}
{%- endmacro %}


{% macro input_name(staging) -%}
    {{ return(staging.split('__') | last) }}
{%- endmacro %}


{#-
The table may be older than the declaration. The header of a seed that the run loads has been compared, and of other inputs
check_inputs compares the columns.
-#}
{% macro require_columns(name) -%}
    {%- if execute and input_source(name).kind == 'seed' and input_declaration(name).unique_id not in selected_resources -%}
        {%- set seed = load_relation(ref(name)) -%}
        {%- if seed is not none -%}
            {%- set held = {} -%}
            {%- for column in adapter.get_columns_in_relation(seed) if column.name != line_column() -%}
                {%- do held.update({column.name: column.data_type}) -%}
            {%- endfor -%}
            {%- if held.keys() | sort != input_types(name).keys() | sort -%}
                {%- set told = library('of_columns', {
                    'label': input_label(name), 'types': input_types(name), 'stored': {input_label(name): held},
                    'partitions': []}) -%}
                {%- do record_complaints(told.complaints) -%}
                {%- do exceptions.raise_compiler_error(told.lines | join('\n    ')) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
