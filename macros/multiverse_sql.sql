{% macro multiverse_sql() -%}
    {%- set held = [] -%}
    {%- if execute -%}
        {#- a unit test has no graph -#}
        {%- for node in graph.get('nodes', {}).values()
            if node.resource_type == 'model'
            and (node.fqn[1] == 'panel' or node.name in ['int_index__candidates', 'int_gravity__candidates']) -%}
            {%- do held.append(node.name ~ '=' ~ node.checksum.checksum) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(held | sort | join('|'))) }}
{%- endmacro %}


{% macro world_sql() -%}
    {%- set held = [] -%}
    {%- if execute -%}
        {#- a unit test has no graph -#}
        {%- for node in graph.get('nodes', {}).values()
            if node.resource_type == 'model'
            and (
                node.name in ['int_panel__country_codes', 'int_panel__baci_economies']
                or node.name.startswith('int_structural__')
            ) -%}
            {%- do held.append(node.name ~ '=' ~ node.checksum.checksum) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(held | sort | join('|'))) }}
{%- endmacro %}


{#- As DIMENSIONS of src/trade_potential/multiverse/world.py. -#}
{% macro world_dimensions() -%}
    {{ return(['distance', 'agreements', 'ties', 'floor', 'zeros', 'slopes', 'estimator', 'pair']) }}
{%- endmacro %}


{% macro current_runs(sql_digest) -%}
    select
        runs.study_id,
        max(case when digests.study_id is null then 0 else 1 end) = 1 as is_current
    from {{ ref('stg_multiverse__multiverse_runs') }} as runs
    left join {{ ref('est_multiverse_digests') }} as digests
        on
            runs.study_id = digests.study_id
            and runs.input_digest = digests.input_digest
            and runs.code_digest = digests.code_digest
            and runs.sql_digest = '{{ sql_digest }}'
    group by runs.study_id
{%- endmacro %}


{#- Digits beyond the twelfth would choose among equals. Without variance there is no choice. -#}
{% macro most_influential(rows, by, columns) -%}
    select
        {{ by | join(', ') }},
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        case when variance > 0 then dimension end as most_influential_choice,
        case when variance > 0 then explained / variance end as first_order_share,
        case when variance > 0 then unexplained / variance end as total_share
    from (
        select
            *,
            row_number() over (
                partition by {{ by | join(', ') }}
                order by {{ rounded('unexplained', 12) }} desc, dimension
            ) as place
        from {{ rows }}
    ) as ranked
    where place = 1
{%- endmacro %}
