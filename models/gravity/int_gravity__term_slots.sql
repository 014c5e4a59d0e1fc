-- Design slot of every coefficient a specification can have: 0 the constant, then the regressors by
-- position, then their pair means.
select
    spec_id,
    'const' as coefficient_name,
    0 as design_slot
from {{ ref('stg_study__gravity_specifications') }}
union all
select
    spec_id,
    term as coefficient_name,
    position as design_slot
from {{ ref('stg_study__gravity_terms') }}
union all
select
    spec_id,
    'mean(' || term || ')' as coefficient_name,
    position + {{ max_terms() }} as design_slot
from {{ ref('stg_study__gravity_terms') }}
