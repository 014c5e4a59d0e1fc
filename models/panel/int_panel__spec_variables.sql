-- Variables a specification names, also through its exceptions.
with named as (
    select
        'index' as spec_kind,
        index_spec_id as spec_id,
        variable
    from {{ ref('stg_study__index_terms') }}
    union all
    select
        'gravity' as spec_kind,
        spec_id,
        variable
    from {{ ref('stg_study__gravity_terms') }}
    union all
    select
        'gravity' as spec_kind,
        spec_id,
        variable
    from {{ ref('stg_study__gravity_term_exceptions') }}
)

select distinct
    study_specs.study_id,
    study_specs.spec_kind,
    study_specs.spec_id,
    named.variable
from {{ ref('int_panel__study_specs') }} as study_specs
inner join named
    on
        study_specs.spec_kind = named.spec_kind
        and study_specs.spec_id = named.spec_id
