-- Loadings have a component, weights of variables have none.
select
    estimates.study_id,
    estimates.index_spec_id,
    estimates.item as weight_kind,
    estimates.variable,
    cast(estimates.component as integer) as component,
    estimates.value as weight_value,
    scaling.location as variable_location,
    scaling.scale as variable_scale
from {{ ref('est_index') }} as estimates
left join {{ ref('int_index__scaling') }} as scaling
    on
        estimates.study_id = scaling.study_id
        and estimates.index_spec_id = scaling.index_spec_id
        and estimates.variable = scaling.variable
where estimates.item in ('loading', 'weight', 'component_weight')
