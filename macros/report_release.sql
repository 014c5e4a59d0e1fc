{#- After a run, say what was published, and what was found of killed runs. -#}
{% macro report_release(results) -%}
    {%- for result in results
        if result.node.unique_id == 'model.' ~ project_name ~ '.publish_release' and result.status == 'success' -%}
        {%- for row in run_query('select * from ' ~ result.node.relation_name) if row['status'] == 'published' -%}
            {%- do log('', info=true) -%}
            {%- do log('Published ' ~ row['release_id'] ~ ' as ' ~ row['release_path'] ~ '/current', info=true) -%}
            {%- if row['notes'] -%}
                {%- do log('  ' ~ row['notes'], info=true) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
