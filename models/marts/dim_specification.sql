with index_terms as (
    select
        index_spec_id,
        {{ text_list('variable', 'position') }} as terms,
        {{ text_list('definition', 'position') }} as term_definitions
    from (
        select
            terms.*,
            case when terms.direction_sign < 0 then '-' else '' end
            || coalesce({{ bound_text('terms.fixed_weight') }} || ' ', '')
            || case when terms.transform = 'none' then '' else terms.transform || '(' end
            || terms.variable
            || case when terms.transform = 'none' then '' else ')' end as definition
        from {{ ref('stg_study__index_terms') }} as terms
    ) as defined
    group by index_spec_id
),

gravity_terms as (
    select
        spec_id,
        {{ text_list('term', 'position') }} as terms,
        {{ text_list("term || ' = ' || definition", 'position') }} as term_definitions
    from (
        select
            terms.*,
            case when terms.transform = 'none' then '' else terms.transform || '(' end
            || case when terms.side = 'reporter' then 'reporter ' else '' end
            || terms.variable
            || coalesce(' at least ' || {{ bound_text('terms.floor_value') }}, '')
            || case when terms.divisor <> 1 then ' / ' else '' end
            || case when terms.divisor <> 1 then {{ bound_text('terms.divisor') }} else '' end
            || case when terms.transform = 'none' then '' else ')' end as definition
        from {{ ref('stg_study__gravity_terms') }} as terms
    ) as defined
    group by spec_id
)

select
    'index' as spec_kind,
    specifications.index_spec_id as spec_id,
    specifications.index_name as spec_name,
    specifications.index_spec_id,
    specifications.method,
    specifications.normalisation,
    specifications.component_rule,
    specifications.anchor_variable,
    cast(null as varchar) as outcome_scaling,
    index_terms.terms,
    index_terms.term_definitions,
    specifications.description,
    specifications.component_threshold,
    specifications.min_terms,
    cast(null as double precision) as outcome_divisor_usd,
    cast(null as double precision) as confidence_level
from {{ ref('stg_study__index_specifications') }} as specifications
inner join index_terms
    on specifications.index_spec_id = index_terms.index_spec_id
where {{ gate_is_open() }}
union all
select
    'gravity' as spec_kind,
    specifications.spec_id,
    specifications.spec_name,
    specifications.index_spec_id,
    case
        when specifications.model_kind = 'structural' then 'structural'
        when specifications.outcome_transform = 'ln' then 'log_linear'
        else 'linear'
    end as method,
    cast(null as varchar) as normalisation,
    cast(null as varchar) as component_rule,
    cast(null as varchar) as anchor_variable,
    coalesce(specifications.outcome_scaling, 'as_study') as outcome_scaling,
    gravity_terms.terms,
    gravity_terms.term_definitions,
    specifications.description,
    cast(null as double precision) as component_threshold,
    cast(null as integer) as min_terms,
    specifications.outcome_divisor_usd,
    specifications.confidence_level
from {{ ref('stg_study__gravity_specifications') }} as specifications
inner join gravity_terms
    on specifications.spec_id = gravity_terms.spec_id
where {{ gate_is_open() }}
