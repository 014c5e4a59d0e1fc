-- A specification without a term has no row, and no one would learn why.
select
    {{ complaint(
        ref('stg_study__gravity_specifications'), 'spec_id', "spec_id",
        'the specification has a term in seeds/study/gravity_terms.csv'
    ) }} as complaint
from {{ ref('stg_study__gravity_specifications') }} as specifications
where
    not exists (
        select 1
        from {{ ref('stg_study__gravity_terms') }} as terms
        where terms.spec_id = specifications.spec_id
    )
union all
select
    {{ complaint(
        ref('stg_study__index_specifications'), 'index_spec_id', "index_spec_id",
        'the index has a term in seeds/study/index_terms.csv'
    ) }} as complaint
from {{ ref('stg_study__index_specifications') }} as specifications
where
    not exists (
        select 1
        from {{ ref('stg_study__index_terms') }} as terms
        where terms.index_spec_id = specifications.index_spec_id
    )
order by complaint
