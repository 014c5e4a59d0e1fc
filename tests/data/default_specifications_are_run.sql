-- Without a run of its default specification a study has nothing that people see first.
select
    {{ complaint(
        ref('stg_study__studies'), 'default_spec_id', "default_spec_id",
        'the default specification is one that seeds/study/study_specifications.csv runs for the study'
    ) }}
from {{ ref('stg_study__studies') }} as studies
where
    default_spec_id is not null
    and not exists (
        select 1
        from {{ ref('stg_study__study_specifications') }} as runs
        where
            runs.study_id = studies.study_id
            and runs.spec_id = studies.default_spec_id
    )
order by {{ complaint_order() }}
