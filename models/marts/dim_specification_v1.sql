-- Version 1: both kinds in one table, where an id may stand twice.
select
    'index' as spec_kind,
    index_spec_id as spec_id,
    index_name as spec_name,
    index_spec_id,
    method,
    normalisation,
    component_rule,
    anchor_variable,
    cast(null as varchar) as outcome_scaling,
    terms,
    term_definitions,
    description,
    component_threshold,
    min_terms,
    cast(null as double precision) as outcome_divisor_usd,
    cast(null as double precision) as confidence_level
from {{ ref('dim_index_specification') }}
union all
select
    'gravity' as spec_kind,
    spec_id,
    spec_name,
    index_spec_id,
    method,
    cast(null as varchar) as normalisation,
    cast(null as varchar) as component_rule,
    cast(null as varchar) as anchor_variable,
    outcome_scaling,
    terms,
    term_definitions,
    description,
    cast(null as double precision) as component_threshold,
    cast(null as integer) as min_terms,
    outcome_divisor_usd,
    confidence_level
from {{ ref('dim_specification', v=2) }}
