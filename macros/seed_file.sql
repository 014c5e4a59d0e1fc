{#- Where the rows behind a staging relation stand: stg_<folder>__<entity> reads seeds/<folder>/<entity>.csv, unless the var
inputs says otherwise. -#}
{% macro seed_file(relation) -%}
    {%- set parts = relation.identifier.removeprefix('stg_').split('__') -%}
    {{ return(input_label(parts[1])) }}
{%- endmacro %}


{#- Stop with the file, the column and the rule when a seed lacks a declared column or has another; other inputs: check_inputs. -#}
{% macro require_columns(seed_name) -%}
    {%- if execute and input_source(seed_name).kind == 'seed' -%}
        {%- set relation = load_relation(ref(seed_name)) -%}
        {%- set node = graph.nodes['seed.' ~ project_name ~ '.' ~ seed_name] -%}
        {%- if relation is not none -%}
            {%- set found = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
            {%- for column in node.columns if column not in found -%}
                {{ exceptions.raise_compiler_error(
                    node.original_file_path ~ ', line 1, column "' ~ column
                    ~ '": the column is missing (rule: the header holds every declared column)') }}
            {%- endfor -%}
            {%- for column in found if column not in node.columns and column != line_column() -%}
                {{ exceptions.raise_compiler_error(
                    node.original_file_path ~ ', line 1, column "' ~ column
                    ~ '": the column is unknown (rule: the header holds only declared columns)') }}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
