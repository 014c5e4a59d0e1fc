-- Numbers of an index, its variables and its components as rows; one that cannot be had says why.
{% set of_index = {
    'status': 'null',
    'row_count': 'indices.row_count',
    'kmo': 'indices.kmo',
    'bartlett_chi2': 'indices.bartlett_chi2',
    'condition_number': 'indices.condition_number',
    'negative_weights': 'indices.negative_weights',
} -%}
{% set of_components = {
    'eigenvalue': 'components.eigenvalue',
    'variance_share': 'components.variance_share',
    'cumulative_share': 'components.cumulative_share',
    'is_kept': 'case when components.is_kept then 1 else 0 end',
} -%}
with index_names as (
    {{ name_rows(of_index, 'diagnostic') }}
),

component_names as (
    {{ name_rows(of_components, 'diagnostic') }}
),

numbers as (
    select
        indices.study_id,
        indices.index_spec_id,
        index_names.diagnostic,
        cast(null as varchar) as variable,
        cast(null as integer) as component,
        {{ picked('index_names.diagnostic', of_index) }} as diagnostic_value
    from {{ ref('est_index_indices') }} as indices
    cross join index_names
    where indices.status <> 'no_rows' or index_names.diagnostic in ('status', 'row_count')
    union all
    select
        study_id,
        index_spec_id,
        'msa' as diagnostic,
        variable,
        cast(null as integer) as component,
        msa as diagnostic_value
    from {{ ref('est_index_variables') }}
    union all
    select
        components.study_id,
        components.index_spec_id,
        component_names.diagnostic,
        cast(null as varchar) as variable,
        components.component,
        {{ picked('component_names.diagnostic', of_components) }} as diagnostic_value
    from {{ ref('est_index_components') }} as components
    cross join component_names
)

select
    numbers.study_id,
    numbers.index_spec_id,
    numbers.diagnostic,
    numbers.variable,
    indices.status,
    numbers.component,
    numbers.diagnostic_value,
    case
        when numbers.diagnostic_value is null then indices.reason
        when numbers.diagnostic = 'negative_weights' then indices.negative_variables
    end as reason,
    case when numbers.diagnostic = 'bartlett_chi2' then indices.bartlett_df end as df,
    case when numbers.diagnostic = 'bartlett_chi2' then indices.bartlett_p_value end as p_value
from numbers
inner join {{ ref('est_index_indices') }} as indices
    on
        numbers.study_id = indices.study_id
        and numbers.index_spec_id = indices.index_spec_id
