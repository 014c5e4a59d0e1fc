{#- dbt itself only counts them. -#}
{% macro report_failures(results) -%}
    {%- set max_rows = 50 -%}
    {%- set refused = [] -%}
    {%- for result in results
        if result.node.resource_type == 'test' and result.status in ('fail', 'warn') -%}
        {%- set verdict = 'Rejected' if result.status == 'fail' else 'Warned' -%}
        {%- set query = first_of_each_rule if asks_many_rules(result.node) else first_rows -%}
        {%- set rows = run_query(in_dialect(query(result.node.compiled_code, max_rows))) -%}
        {%- set told = library(
            'of_test', {'test': result.node.name, 'failures': result.failures, 'rows': as_texts(rows)}) -%}
        {%- do log('', info=true) -%}
        {%- do log(verdict ~ ' by ' ~ result.node.name ~ ' (' ~ result.failures ~ ' rows):', info=true) -%}
        {%- for line in told.lines -%}
            {%- do log('  ' ~ line, info=true) -%}
        {%- endfor -%}
        {%- if result.status == 'fail' -%}
            {%- do refused.extend(told.complaints) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do report_known_warnings(results) -%}
    {%- if refused -%}
        {%- do log('', info=true) -%}
        {%- do log('For machines: ' ~ record_complaints(refused), info=true) -%}
    {%- endif -%}
{%- endmacro %}


{% macro first_rows(test, max_rows) -%}
    select * from ({{ test }}) as failing limit {{ max_rows }}
{%- endmacro %}


{% macro first_of_each_rule(test, max_rows) -%}
    select {{ complaint_order() }}
    from (
        select
            failing.*,
            row_number() over (partition by column_name, rule order by {{ complaint_order() }}) as place
        from ({{ test }}) as failing
    ) as placed
    where place <= {{ max_rows }}
    order by {{ complaint_order() }}
{%- endmacro %}


{% macro asks_many_rules(test) -%}
    {{ return(test.test_metadata and test.test_metadata.name in ('input_keeps_rules', 'keys_are_known')) }}
{%- endmacro %}


{% macro report_known_warnings(results) -%}
    {%- for result in results if result.node.name == 'gate_has_no_warnings' and result.status in ('pass', 'warn') -%}
        {%- set known = run_query(in_dialect(
            'select count(*), sum(acknowledged_count) from '
            ~ graph.nodes['model.' ~ project_name ~ '.gate_results'].relation_name ~ ' where acknowledged_count > 0'))[0] -%}
        {%- if known[0] -%}
            {%- do log(
                'Known warnings: ' ~ known[1] ~ ' rows of ' ~ known[0] ~ ' expectations, acknowledged in '
                ~ input_label('acknowledged_warnings'), info=true) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{% macro record_complaints(complaints) -%}
    {%- set target = invocation_args_dict.target_path or 'target' -%}
    {%- set folder = target if target.startswith('/') else invocation_args_dict.project_dir ~ '/' ~ target -%}
    {{ return(library('record', {'folder': folder, 'invocation_id': invocation_id, 'refused': complaints})) }}
{%- endmacro %}
