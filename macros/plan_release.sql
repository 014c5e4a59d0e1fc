{#-
The plan is read by release.build_plan. Where the run is less than a whole `dbt build`, it says why nothing is published, and the node
leaves the releases alone; a run that asks for the node by its name or that of its folder is refused instead. A run that does not
reach the node: nothing.
-#}
{% macro plan_release() -%}
    {%- set node = 'model.' ~ project_name ~ '.publish_release' -%}
    {#- `dbt retry` selects nodes without telling which. -#}
    {%- set is_retry = not selected_resources -%}
    {%- if execute and runs_nodes() and (node in selected_resources or is_retry) -%}
        {%- set args = invocation_args_dict -%}
        {%- set left_out = 'dbt retry runs only what failed before' if is_retry else left_out_of_a_release() -%}
        {#- As a name, or the last part of a path or of a dotted name: release-2/models is neither. -#}
        {%- set by_name = modules.re.search(
            '(^|[ ,+@:/.])(publish_)?release([.](py|yml))?/?([ ,+]|$)', (args.get('select') or []) | join(' ')) -%}
        {%- if left_out and not is_retry and by_name -%}
            {%- do exceptions.raise_compiler_error(
                'publish_release publishes only what a whole dbt build has made and tested; here ' ~ left_out
                ~ '. Nothing was run, the current release stays. Run dbt build') -%}
        {%- endif -%}
        {%- if not left_out -%}
            {%- do check_locked() -%}
        {%- endif -%}
        {%- set plan = {
            'invocation_id': invocation_id,
            'target': target.name,
            'project_dir': args.get('project_dir'),
            'release_path': var('release_path'),
            'releases_kept': whole_number('releases_kept'),
            'publish_seconds': whole_number('publish_seconds'),
            'keys': mart_keys(),
            'parts': mart_parts(),
            'texts': mart_texts(),
            'target_path': args.get('target_path'),
            'left_out': left_out,
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


{% macro runs_nodes() -%}
    {{ return(flags.WHICH in ('build', 'run')) }}
{%- endmacro %}


{#-
However its nodes were selected. dbt tells a hook every selected node but the unit tests: those count as left out wherever they can be.
-#}
{% macro left_out_of_a_release() -%}
    {%- set args = invocation_args_dict -%}
    {%- set reasons = [] -%}
    {%- if flags.WHICH != 'build' -%}
        {%- do reasons.append('dbt ' ~ flags.WHICH ~ ' runs no tests') -%}
    {%- else -%}
        {%- set names = [] -%}
        {%- for id, found in graph.nodes.items()
            if found.resource_type in ('model', 'seed', 'snapshot', 'test') and id not in selected_resources -%}
            {%- do names.append(found.name) -%}
        {%- endfor -%}
        {%- set types = args.get('resource_types') or [] -%}
        {%- if names -%}
            {%- do reasons.append(
                names | length ~ ' nodes are left out: ' ~ (names | sort)[:3] | join(', ')
                ~ (', ...' if names | length > 3 else '')) -%}
        {%- elif 'unit_test' in (args.get('exclude_resource_types') or [])
            or (types and not ('unit_test' in types or 'all' in types or 'default' in types)) -%}
            {%- do reasons.append('unit tests are left out') -%}
        {%- else -%}
            {%- for name in ('exclude', 'selector') if args.get(name) -%}
                {%- do reasons.append('--' ~ name ~ ' may leave out unit tests') -%}
            {%- endfor -%}
            {%- if args.get('select') and flags.INDIRECT_SELECTION == 'empty' -%}
                {%- do reasons.append('--indirect-selection empty may leave out unit tests') -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
    {%- for name in ('empty', 'sample') if args.get(name) -%}
        {%- do reasons.append('--' ~ name ~ ' leaves out rows') -%}
    {%- endfor -%}
    {{ return(reasons | join('; ')) }}
{%- endmacro %}


{% macro mart_keys() -%}
    {%- set keys = {} -%}
    {%- for found in graph.nodes.values()
        if found.resource_type == 'test' and found.test_metadata and found.attached_node
        and graph.nodes[found.attached_node].fqn[1] == 'marts' -%}
        {%- set mart = graph.nodes[found.attached_node].alias -%}
        {%- if found.test_metadata.name == 'rows_are_unique' -%}
            {%- do keys.update({mart: found.test_metadata.kwargs.columns}) -%}
        {%- elif found.test_metadata.name == 'unique' and mart not in keys -%}
            {%- do keys.update({mart: [found.column_name]}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(keys) }}
{%- endmacro %}


{% macro mart_parts() -%}
    {%- set parts = {} -%}
    {%- for found in graph.nodes.values()
        if found.resource_type == 'model' and found.fqn[1] == 'marts' and 'parted_by' in found.config.meta -%}
        {%- do parts.update({found.alias: found.config.meta.parted_by}) -%}
    {%- endfor -%}
    {{ return(parts) }}
{%- endmacro %}


{#- One line each: a text of YAML is folded as its author liked. -#}
{% macro mart_texts() -%}
    {%- set texts = {} -%}
    {%- for found in graph.nodes.values() if found.resource_type == 'model' and found.fqn[1] == 'marts' -%}
        {%- set columns = {} -%}
        {%- for name, column in found.columns.items() -%}
            {%- do columns.update({name: (column.description or '').split() | join(' ')}) -%}
        {%- endfor -%}
        {#- An old version has not every column of which the YAML speaks. -#}
        {%- set references = [] -%}
        {%- for one in found.config.meta.get('references', []) if not one.columns | reject('in', columns) | list -%}
            {%- do references.append(one) -%}
        {%- endfor -%}
        {%- do texts.update({found.alias: {
            'description': (found.description or '').split() | join(' '),
            'columns': columns,
            'references': references,
        }}) -%}
    {%- endfor -%}
    {{ return(texts) }}
{%- endmacro %}
