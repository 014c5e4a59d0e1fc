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


{#- The same of stored specifications of world trade: models from the figures to cells and totals. -#}
{% macro world_sql() -%}
    {%- set held = [] -%}
    {%- if execute -%}
        {#- a unit test has no graph -#}
        {%- for node in graph.get('nodes', {}).values()
            if node.resource_type == 'model'
            and (
                node.name in ['int_panel__country_codes', 'int_panel__baci_economies']
                or node.name.startswith('int_structural__')
            ) -%}
            {%- do held.append(node.name ~ '=' ~ node.checksum.checksum) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(held | sort | join('|'))) }}
{%- endmacro %}


{#- What a specification of world trade chooses: as DIMENSIONS of src/trade_potential/multiverse/world.py. -#}
{% macro world_dimensions() -%}
    {{ return(['distance', 'agreements', 'ties', 'floor', 'zeros', 'slopes', 'estimator', 'pair']) }}
{%- endmacro %}
