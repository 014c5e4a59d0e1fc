{#-
Digest of the SQL that the track record of a kind of study rests on (track_record.scratch.sql_digest makes the same from the
manifest): md5 of the checksums that dbt has of the models of some folders.
-#}
{% macro track_sql(kind) -%}
    {%- set folders = {'chain': ['panel', 'index', 'gravity'], 'world': ['panel', 'structural']}[kind] -%}
    {%- set held = [] -%}
    {%- if execute -%}
        {#- a unit test has no graph -#}
        {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' and node.fqn[1] in folders -%}
            {%- do held.append(node.name ~ '=' ~ node.checksum.checksum) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(held | sort | join('|'))) }}
{%- endmacro %}
