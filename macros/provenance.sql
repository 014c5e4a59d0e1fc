{#- The library reads local files itself; other rows only the engine can read (trade_potential.release.provenance). -#}
{% macro note_inputs() -%}
    {%- if execute and flags.WHICH == 'build' -%}
        {%- set patterns = {} -%}
        {%- for name in inputs_given() if stages_input(name) and is_in_files(name) -%}
            {%- do patterns.update({name: input_source(name).path}) -%}
        {%- endfor -%}
        {%- do library('note_inputs', {'invocation_id': invocation_id, 'patterns': patterns, 'tables': digests_outside()}) -%}
    {%- endif -%}
{%- endmacro %}


{% macro look_again() -%}
    {%- if execute and flags.WHICH == 'build' -%}
        {%- set loaded = {} -%}
        {%- for name in inputs_given() if stages_input(name) and not is_in_files(name) -%}
            {%- set node = graph.nodes['model.' ~ project_name ~ '.stg_' ~ input_folder(input_declaration(name)) ~ '__' ~ name] -%}
            {%- set staging = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
            {%- set label = [input_label(name)] -%}
            {%- do loaded.update({name: [
                label + row_digest(staging, input_types(name)), label + row_digest(input(name), input_types(name))]}) -%}
        {%- endfor -%}
        {%- do library('look_again', {'invocation_id': invocation_id, 'tables': digests_outside(), 'loaded': loaded}) -%}
    {%- endif -%}
{%- endmacro %}


{% macro digests_outside() -%}
    {%- set found = {} -%}
    {%- for name in inputs_given() if stages_input(name) and not is_in_files(name) -%}
        {#- A method of the adapter would open a transaction here, too early for the last node. -#}
        {%- set rows = input_rows(name) | string -%}
        {%- set columns = run_query(in_dialect('select * from ' ~ rows ~ ' limit 0')).column_names | list -%}
        {%- do found.update({name: [input_label(name)] + row_digest(rows, columns)}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{% macro is_in_files(name) -%}
    {{ return(input_source(name).kind == 'parquet' and '://' not in input_source(name).path) }}
{%- endmacro %}
