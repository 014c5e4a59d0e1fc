-- Classes are of a study that there is, or of all: any other would class nothing.
select
    {{ complaint(
        ref('stg_study__potential_classes'), 'study_id', joined(['study_id']),
        'the value is a study_id of studies, or all'
    ) }}
from (
    select classes.*
    from {{ ref('stg_study__potential_classes') }} as classes
    left join {{ ref('stg_study__studies') }} as studies
        on classes.study_id = studies.study_id
    where studies.study_id is null and classes.study_id <> 'all'
) as classes
