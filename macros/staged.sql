{#-
A staging model: the declared columns of its input, wherever the var `inputs` says that the rows stand, and the place of each
row. Everything but the name of the model follows from the declaration in seeds/<folder>/_<folder>__seeds.yml.
-#}
{% macro staged() -%}
    {%- set name = input_name(this.identifier) -%}
    {%- do require_columns(name) -%}
    {#- A parent also where the rows stand elsewhere: its tests judge this model, and stop who reads it. #}
    -- depends on {{ ref(name) }}
    select
        {% for column in input_types(name) -%}
            {{ column }},
        {% endfor -%}
        {{ row_place(name) }}
    from {{ input(name) }}
{%- endmacro %}


{#- A gate model: the declared columns of its input, no row while an expectation of severity error fails. -#}
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


{#- The rows that a test of a declared input judges: dbt attaches it to the seed, the rows are those of its staging model. -#}
{% macro staged_rows() -%}
    {%- set name = modules.re.search("ref\\('(\\w+)'\\)", model.test_metadata.kwargs.model)[1] -%}
    {{ return(ref('stg_' ~ model.fqn[1] ~ '__' ~ name)) }}
{%- endmacro %}


{#- Inputs whose seeds are declared in a folder of seeds/. -#}
{% macro input_names(folder) -%}
    {%- set names = [] -%}
    {%- for node in (graph.nodes.values() if execute else []) if node.resource_type == 'seed' and node.fqn[1] == folder -%}
        {%- do names.append(node.name) -%}
    {%- endfor -%}
    {{ return(names | sort) }}
{%- endmacro %}


{#- Key of an input. -#}
{% macro input_key(name) -%}
    {{ return(input_seed(name).config.meta.key if execute else []) }}
{%- endmacro %}


{#- Columns by which people are told of a row: the key, or config.meta.named_by of the seed. -#}
{% macro named_by(name) -%}
    {{ return((input_seed(name).config.meta.get('named_by') if execute) or input_key(name)) }}
{%- endmacro %}


{#- The input behind stg_<folder>__<input>. -#}
{% macro input_name(staging) -%}
    {{ return(staging.split('__') | last) }}
{%- endmacro %}


{#-
The table of a seed that this run does not load may be older than its declaration: refuse it then. The header of one that it loads
has been compared, and of other inputs check_inputs compares the columns.
-#}
{% macro require_columns(name) -%}
    {%- if execute and input_source(name).kind == 'seed' and input_seed(name).unique_id not in selected_resources -%}
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
