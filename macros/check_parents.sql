{#- Such as the seeds on a fresh checkout. The database would tell it node by node, with the SQL that failed. -#}
{% macro check_parents() -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'test') and not invocation_args_dict.get('defer') -%}
        {%- set missing = [] -%}
        {%- for id in selected_resources if id in graph.nodes -%}
            {%- for parent in graph.nodes[id].depends_on.nodes
                if parent in graph.nodes and parent not in selected_resources -%}
                {%- set found = graph.nodes[parent] -%}
                {%- if found.relation_name and found.relation_name not in missing and found.name not in inputs_given()
                    and not adapter.get_relation(found.database, found.schema, found.alias) -%}
                    {%- do missing.append(found.relation_name) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if missing -%}
            {%- do exceptions.raise_compiler_error(
                missing | length ~ ' tables that this run reads are not in the database: ' ~ (missing | sort)[:3] | join(', ')
                ~ (' and ' ~ (missing | length - 3) ~ ' more' if missing | length > 3 else '')
                ~ '. Nothing was run. Run dbt build, or put a + before each --select to make them as well') -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
