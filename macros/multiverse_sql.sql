{#-
Digest of the SQL that stored specifications rest on: md5 of the checksums that dbt has of the models between the figures and the
rows of an index and of a gravity model.
-#}
{% macro multiverse_sql() -%}
    {%- set held = [] -%}
    {%- if execute -%}
        {#- a unit test has no graph -#}
        {%- for node in graph.get('nodes', {}).values()
            if node.resource_type == 'model'
            and (node.fqn[1] == 'panel' or node.name in ['int_index__candidates', 'int_gravity__candidates']) -%}
            {%- do held.append(node.name ~ '=' ~ node.checksum.checksum) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(held | sort | join('|'))) }}
{%- endmacro %}


{#- Least share of the specifications that give one class for it to be robust: a number above 0.5 and up to 1. -#}
{% macro robust_share() -%}
    {%- set value = var('robust_class_share') -%}
    {%- if value is not number or value is boolean or value <= 0.5 or value > 1 -%}
        {{ refuse_var('robust_class_share', 'a number above 0.5 and up to 1') }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}
