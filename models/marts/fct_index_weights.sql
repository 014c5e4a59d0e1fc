-- Loadings have a component, weights of variables have none.
{% set loadings = [] -%}
{% for k in slots(1) %}{% do loadings.append(('l' ~ k, k)) %}{% endfor -%}
with loading_rows as (
    {{ columns_as_rows(
        ref('est_index_variables'), ['study_id', 'index_spec_id', 'variable'], ['component'], loadings
    ) }}
),

weights as (
    select
        study_id,
        index_spec_id,
        'loading' as weight_kind,
        variable,
        component,
        moment_value as weight_value
    from loading_rows
    union all
    select
        study_id,
        index_spec_id,
        'weight' as weight_kind,
        variable,
        cast(null as integer) as component,
        weight as weight_value
    from {{ ref('est_index_variables') }}
    union all
    select
        study_id,
        index_spec_id,
        'component_weight' as weight_kind,
        cast(null as varchar) as variable,
        component,
        component_weight as weight_value
    from {{ ref('est_index_components') }}
)

select
    weights.study_id,
    weights.index_spec_id,
    weights.weight_kind,
    weights.variable,
    weights.component,
    weights.weight_value,
    scaling.location as variable_location,
    scaling.scale as variable_scale
from weights
left join {{ ref('int_index__scaling') }} as scaling
    on
        weights.study_id = scaling.study_id
        and weights.index_spec_id = scaling.index_spec_id
        and weights.variable = scaling.variable
