{#-
dbt --full-refresh estimates anew: the tables of world estimates that this run makes are dropped first, so that none of their
rows can be kept (trade_potential.results.kept).
-#}
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


{#- Whether a node is a table of world estimates, which the next build may keep. -#}
{% macro keeps_estimates(node) -%}
    {{ return(node.resource_type == 'model' and node.language == 'python' and node.fqn[1] == 'structural') }}
{%- endmacro %}


{#- After a run: which estimates of the build before were kept. -#}
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
