{#-
Before a run that would publish: refuse it unless it is a whole `dbt build`, and leave the node what only dbt
knows (release.build_plan). Any other run: nothing. Selection arguments are refused even where they select
everything: the graph holds no unit tests, so nobody could tell whether those were left out.
-#}
{% macro plan_release() -%}
    {%- set node = 'model.' ~ project_name ~ '.publish_release' -%}
    {%- if execute and node in selected_resources -%}
        {%- set args = invocation_args_dict -%}
        {%- set reasons = [] -%}
        {%- if flags.WHICH != 'build' -%}
            {%- do reasons.append('dbt ' ~ flags.WHICH ~ ' does not run every node and test') -%}
        {%- endif -%}
        {%- for name in ('select', 'exclude', 'selector', 'resource_types', 'exclude_resource_types', 'empty', 'sample')
            if args.get(name) -%}
            {%- do reasons.append('--' ~ name | replace('_', '-') | replace('types', 'type') ~ ' is set') -%}
        {%- endfor -%}
        {%- set left_out = [] -%}
        {%- for id, found in graph.nodes.items()
            if found.resource_type in ('model', 'seed', 'snapshot', 'test') and id not in selected_resources -%}
            {%- do left_out.append(found.name) -%}
        {%- endfor -%}
        {%- if left_out and flags.WHICH == 'build' -%}
            {%- do reasons.append(
                left_out | length ~ ' nodes are left out: ' ~ (left_out | sort)[:3] | join(', ')
                ~ (', ...' if left_out | length > 3 else '')) -%}
        {%- endif -%}
        {%- if reasons -%}
            {%- do exceptions.raise_compiler_error(
                'publish_release publishes only what a whole dbt build has made and tested; here '
                ~ reasons | join('; ') ~ '. Nothing was run, the current release stays. Run dbt build without selection'
                ~ ', or leave the node out: --exclude publish_release') -%}
        {%- endif -%}
        {%- set kept = whole_number('releases_kept', 1, 1000000) -%}
        {%- if var('release_path') is not string or not var('release_path') | trim -%}
            {%- do exceptions.raise_compiler_error(
                'the var release_path is ' ~ tojson(var('release_path')) ~ ', not a path; correct dbt_project.yml or --vars') -%}
        {%- endif -%}
        {%- set plan = {
            'invocation_id': invocation_id,
            'target': target.name,
            'project_dir': args.get('project_dir'),
            'release_path': var('release_path'),
            'releases_kept': kept,
            'publish_seconds': whole_number('publish_seconds', 1, 86400),
            'vars': args.get('vars', {}),
            'keys': mart_keys(),
        } -%}
        {#- One statement each: Spark takes no more, PostgreSQL has no "create or replace table". -#}
        {%- for statement in (
            'create schema if not exists release',
            'drop table if exists release.build_plan',
            "create table release.build_plan as select '" ~ tojson(plan) | replace("'", "''") ~ "' as plan",
        ) -%}
            {%- do run_query(in_dialect(statement)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#- Key of every mart: the columns whose uniqueness the build tests. A mart without such a test has none. -#}
{% macro mart_keys() -%}
    {%- set keys = {} -%}
    {%- for found in graph.nodes.values()
        if found.resource_type == 'test' and found.test_metadata and found.attached_node
        and graph.nodes[found.attached_node].fqn[1] == 'marts' -%}
        {%- set mart = graph.nodes[found.attached_node].name -%}
        {%- if found.test_metadata.name == 'rows_are_unique' -%}
            {%- do keys.update({mart: found.test_metadata.kwargs.columns}) -%}
        {%- elif found.test_metadata.name == 'unique' and mart not in keys -%}
            {%- do keys.update({mart: [found.column_name]}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(keys) }}
{%- endmacro %}
