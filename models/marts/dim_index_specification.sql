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
)

select
    specifications.index_spec_id,
    specifications.index_name,
    specifications.method,
    specifications.normalisation,
    specifications.component_rule,
    specifications.anchor_variable,
    index_terms.terms,
    index_terms.term_definitions,
    specifications.description,
    specifications.component_threshold,
    specifications.min_terms
from {{ ref('stg_study__index_specifications') }} as specifications
inner join index_terms
    on specifications.index_spec_id = index_terms.index_spec_id
where {{ gate_is_open() }}
