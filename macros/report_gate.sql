{#- Of a whole build only, as status.json is: a part says nothing of the rest. -#}
{% macro report_gate(results) -%}
    {%- set node = 'model.' ~ project_name ~ '.publish_release' -%}
    {%- if runs_nodes() and node in selected_resources and not left_out_of_a_release() -%}
        {%- set project = (invocation_args_dict.project_dir or '.') ~ '/' -%}
        {%- set path = var('release_path') -%}
        {%- set told = {
            'root': path if path.startswith('/') else project ~ path,
            'folder': project ~ (invocation_args_dict.target_path or 'target'),
            'invocation_id': invocation_id,
            'published': {}, 'tests': [], 'warnings': [], 'errors': [], 'checks': [], 'acknowledged': [],
        } -%}
        {%- for result in results -%}
            {%- set of = result.node -%}
            {%- if of.resource_type == 'test' and result.status == 'fail' -%}
                {%- do told.tests.append({'name': of.name, 'failures': result.failures}) -%}
            {%- elif result.status == 'warn' and of.name != 'gate_has_no_warnings' -%}
                {%- do told.warnings.append({'name': of.name, 'failures': result.failures}) -%}
            {%- elif result.status in ('error', 'fail') -%}
                {%- do told.errors.append(
                    {'name': of.name, 'file': of.original_file_path, 'message': result.message | string}) -%}
            {%- elif result.status == 'success' and of.unique_id == node -%}
                {%- do told.update({'published': as_texts(run_query('select * from ' ~ of.relation_name))[0]}) -%}
            {%- elif result.status == 'success' and of.name == 'gate_results' -%}
                {%- do told.update({
                    'checks': stored_rows(of), 'acknowledged': stored_rows(
                        graph.nodes['model.' ~ project_name ~ '.stg_study__acknowledged_warnings'])}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if told.published.status == 'published' -%}
            {%- do log('Pages to look at: ' ~ path ~ '/current/site/index.html', info=true) -%}
        {%- endif -%}
        {%- do log('Report of the gate: ' ~ library('report_run', told) | replace(project, ''), info=true) -%}
    {%- endif -%}
{%- endmacro %}


{% macro stored_rows(node) -%}
    {{ return(as_texts(run_query(in_dialect('select * from ' ~ node.relation_name)))) }}
{%- endmacro %}
