{#- After a run, print the rows behind every failed or warning test: dbt itself only counts them. -#}
{% macro report_failures(results) -%}
    {%- set max_rows = 50 -%}
    {%- for result in results
        if result.node.resource_type == 'test' and result.status in ('fail', 'warn') -%}
        {%- set verdict = 'Rejected' if result.status == 'fail' else 'Warned' -%}
        {%- set rows = run_query(in_dialect(
            'select * from (' ~ result.node.compiled_code ~ ') as failing limit ' ~ max_rows)) -%}
        {%- do log('', info=true) -%}
        {%- do log(verdict ~ ' by ' ~ result.node.name ~ ' (' ~ result.failures ~ ' rows):', info=true) -%}
        {%- for row in rows -%}
            {%- if 'complaint' in rows.column_names -%}
                {%- do log('  ' ~ row['complaint'], info=true) -%}
            {%- else -%}
                {%- set cells = [] -%}
                {%- for name in rows.column_names -%}
                    {%- do cells.append(name ~ '=' ~ row[name]) -%}
                {%- endfor -%}
                {%- do log('  ' ~ cells | join(', '), info=true) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if result.failures > max_rows -%}
            {%- do log('  and ' ~ (result.failures - max_rows) ~ ' rows more', info=true) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
