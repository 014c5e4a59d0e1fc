{#-
track_record.scratch.sql_digest makes the same from the manifest: md5 of the checksums that dbt has of some models and of those behind
them, from the panel on.
-#}
{% macro track_sql(kind) -%}
    {%- set of_both = ['int_panel__country_codes', 'int_panel__observations'] -%}
    {%- set last = {
        'chain': ['int_gravity__fitted', 'int_panel__flows', 'int_panel__vintages'],
        'world': ['int_structural__agreements', 'int_structural__pair_terms'],
    }[kind] + of_both -%}
    {%- set found, held = [], [] -%}
    {#- a unit test has no graph -#}
    {%- set nodes = graph.get('nodes', {}) if execute else {} -%}
    {%- for id, node in nodes.items() if node.resource_type == 'model' and node.name in last -%}
        {%- do found.append(id) -%}
    {%- endfor -%}
    {#- the list grows while it is read -#}
    {%- for id in found -%}
        {%- do held.append(nodes[id].name ~ '=' ~ nodes[id].checksum.checksum) -%}
        {%- for parent in nodes[id].depends_on.nodes if parent in nodes and parent not in found
            and nodes[parent].fqn[1] in ['panel', 'index', 'gravity', 'structural'] -%}
            {%- do found.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(local_md5(held | sort | join('|'))) }}
{%- endmacro %}
