{% macro report_release(results) -%}
    {%- set node = 'model.' ~ project_name ~ '.publish_release' -%}
    {%- set reached = results
        | selectattr('node.unique_id', 'equalto', node) | selectattr('status', 'equalto', 'success') | list -%}
    {%- for result in reached -%}
        {%- for row in run_query('select * from ' ~ result.node.relation_name) -%}
            {%- do log('', info=true) -%}
            {%- if row['status'] == 'skipped' -%}
                {%- do log('Not published, ' ~ row['release_path'] ~ '/current stays: ' ~ row['notes'], info=true) -%}
            {%- else -%}
                {%- if row['status'] == 'published' -%}
                    {%- do log('Published ' ~ row['release_id'] ~ ' as ' ~ row['release_path'] ~ '/current', info=true) -%}
                {%- elif row['status'] == 'held' -%}
                    {%- do log('Held ' ~ row['release_id'] ~ ', ' ~ row['release_path'] ~ '/current stays', info=true) -%}
                {%- endif -%}
                {%- if row['notes'] -%}
                    {%- do log('  ' ~ row['notes'], info=true) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {%- if runs_nodes() and node in selected_resources and not left_out_of_a_release() -%}
            {%- set broken = results
                | selectattr('status', 'in', ['error', 'fail']) | map(attribute='node.name') | list -%}
            {%- set folder = (invocation_args_dict.project_dir or '.') ~ '/' ~ var('release_path') -%}
            {%- set told = tell_failed(
                folder if not var('release_path').startswith('/') else var('release_path'),
                'dbt build failed: ' ~ broken[:5] | join(', ') ~ (', ...' if broken | length > 5 else '')) -%}
            {%- if told -%}
                {%- do log('  ' ~ told, info=true) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
