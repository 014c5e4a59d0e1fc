-- What a specification says; indices have dim_index_specification.
with gravity_terms as (
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
    specifications.spec_id,
    specifications.spec_name,
    specifications.index_spec_id,
    gravity_terms.terms,
    gravity_terms.term_definitions,
    specifications.description,
    specifications.outcome_divisor_usd,
    specifications.confidence_level,
    case
        when specifications.model_kind = 'structural' then 'structural'
        when specifications.outcome_transform = 'ln' then 'log_linear'
        else 'linear'
    end as method,
    coalesce(specifications.outcome_scaling, 'as_study') as outcome_scaling
from {{ ref('stg_study__gravity_specifications') }} as specifications
inner join gravity_terms
    on specifications.spec_id = gravity_terms.spec_id
where {{ gate_is_open() }}
