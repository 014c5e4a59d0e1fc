{#-
dbt finds the parents of a Python model in its literals, dbt.ref("..."), not in the graph. What the graph has more is told before
anything is run: an input that would not be checked, or not be kept, a mart that would not be published. So is a mart without a contract.
-#}
{% macro check_literals() -%}
    {%- if execute -%}
        {%- set folders = {'staging': ['gate_results', 'int_quality__series'], 'marts': ['publish_release']} -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.fqn[1] in folders
            and (node.fqn[1] == 'marts' or node.name.startswith('stg_inputs__')) -%}
            {%- if node.fqn[1] == 'marts' and not node.config.contract.enforced -%}
                {%- do exceptions.raise_compiler_error(
                    node.original_file_path ~ ' has no contract: add models/marts/' ~ node.name ~ '.yml with its columns, and'
                    ~ ' config: {contract: {enforced: true}}. Nothing was run') -%}
            {%- endif -%}
            {%- for name in folders[node.fqn[1]] -%}
                {%- set reader = graph.nodes['model.' ~ project_name ~ '.' ~ name] -%}
                {%- if node.unique_id not in reader.depends_on.nodes -%}
                    {%- do exceptions.raise_compiler_error(
                        reader.original_file_path ~ ' does not read ' ~ node.name ~ ': add a line with dbt.ref("' ~ node.name
                        ~ '"). Nothing was run') -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
