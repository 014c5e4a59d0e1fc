{#-
A test that was removed or only warns, a contract that is not enforced or a tolerance that was raised would say nothing itself
(trade_potential.quality.locked).
-#}
{% macro check_locked() -%}
    {%- set lost = library('of_checks', {
        'project': project_folder(), 'declared': checks_in_force(),
        'chosen': invocation_args_dict.get('vars', {}) | list}) -%}
    {%- if lost -%}
        {%- do exceptions.raise_compiler_error(
            'Checks are not those of checks.lock:\n    ' ~ lost | join('\n    ')
            ~ '\nNothing was run, the current release stays. If that is meant, run make checks and have its lines reviewed') -%}
    {%- endif -%}
{%- endmacro %}


{% macro lock_checks() -%}
    {%- if execute -%}
        {%- do log(
            library('lock_checks', {'project': project_folder(), 'declared': checks_in_force()}) ~ ' checks in checks.lock', info=true) -%}
    {%- endif -%}
{%- endmacro %}


{% macro checks_in_force() -%}
    {%- set lines = [] -%}
    {%- for node in graph.nodes.values() if node.package_name == project_name -%}
        {%- if node.resource_type == 'test' -%}
            {%- set of = node.config -%}
            {%- do lines.append('test ' ~ node.name ~ ' ' ~ of.severity | lower ~ ' if ' ~ of.error_if ~ ' of ' ~ of.fail_calc
                ~ (' where ' ~ of.where if of.where else '') ~ (' limit ' ~ of.limit if of.limit else '')
                ~ (' arguments ' ~ local_md5(tojson(node.test_metadata.kwargs, sort_keys=true))
                    if node.test_metadata and not asks_many_rules(node) else '')) -%}
            {%- do lines.extend(rules_in_force(node) if asks_many_rules(node) else []) -%}
        {%- elif node.resource_type == 'operation' -%}
            {%- do lines.append('hook ' ~ node.raw_code) -%}
        {%- elif node.resource_type == 'model' and node.config.contract.enforced -%}
            {%- do lines.append('contract ' ~ node.alias ~ ' enforced') -%}
            {%- for column in node.columns.values() -%}
                {%- do lines.append('column ' ~ node.alias ~ '.' ~ column.name ~ ' ' ~ column.data_type) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in ('audit_max_rows', 'gate_max_rows') -%}
        {%- do lines.append('var ' ~ name ~ ' ' ~ whole_number(name)) -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro %}


{#- A line each, so that whoever adds a rule makes no other weaker. -#}
{% macro rules_in_force(test) -%}
    {%- set name = judged_input(test).name -%}
    {%- set lines = ['rule ' ~ test.name ~ ' of ' ~ name
        ~ (' key ' ~ input_key(name) | join(', ') if test.test_metadata.name == 'input_keeps_rules' else '')] -%}
    {%- for argument, held in test.test_metadata.kwargs.items() if argument != 'model' -%}
        {%- for rule in held -%}
            {%- set said = rule if rule is string else tojson(rule, sort_keys=true) -%}
            {%- do lines.append('rule ' ~ test.name ~ ' ' ~ argument ~ ' ' ~ said
                ~ (' ' ~ tojson(held[rule], sort_keys=true) if held is mapping else '')) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro %}


{% macro project_folder() -%}
    {{ return(invocation_args_dict.get('project_dir') or '.') }}
{%- endmacro %}
