{% macro forget_estimates() -%}
    {%- if execute and flags.FULL_REFRESH and runs_nodes() -%}
        {%- for node in graph.nodes.values()
            if keeps_estimates(node) and (node.unique_id in selected_resources or not selected_resources) -%}
            {%- set stands = load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.name)) -%}
            {%- if stands -%}
                {%- do adapter.drop_relation(stands) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{% macro keeps_estimates(node) -%}
    {{ return(node.resource_type == 'model' and node.language == 'python' and node.fqn[1] == 'structural') }}
{%- endmacro %}


{% macro report_kept(results) -%}
    {%- for result in results
        if result.node.name == 'est_structural_fits' and result.status == 'success' -%}
        {%- for row in run_query(
            'select study_id, spec_id, solved_at from ' ~ result.node.relation_name ~ ' order by study_id, spec_id'
        ) if row['solved_at'] < run_started_at.replace(tzinfo=none) -%}
            {%- do log(
                'Kept the estimate of ' ~ row['study_id'] ~ ', ' ~ row['spec_id'] ~ ' of ' ~ row['solved_at']
                ~ ' UTC: nothing it rests on has changed', info=true) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
