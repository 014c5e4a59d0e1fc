{#- After a run that reached the last node, say what was published or why nothing was, and what was found of killed runs. -#}
{% macro report_release(results) -%}
    {%- for result in results
        if result.node.unique_id == 'model.' ~ project_name ~ '.publish_release' and result.status == 'success' -%}
        {%- for row in run_query('select * from ' ~ result.node.relation_name) if row['status'] != 'failed' -%}
            {%- do log('', info=true) -%}
            {%- if row['status'] == 'skipped' -%}
                {%- do log('Not published, ' ~ row['release_path'] ~ '/current stays: ' ~ row['notes'], info=true) -%}
            {%- else -%}
                {%- do log('Published ' ~ row['release_id'] ~ ' as ' ~ row['release_path'] ~ '/current', info=true) -%}
                {%- if row['notes'] -%}
                    {%- do log('  ' ~ row['notes'], info=true) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
