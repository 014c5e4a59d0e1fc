-- A limit of the exit gate is of a study that there is, or of all: any other would hold nothing.
select
    {{ complaint_of(
        file='limits.file_name', line='limits.file_line',
        key="limits.study_id || ', ' || limits.measure || ', ' || limits.cause",
        column="'study_id'", value='limits.study_id', rule="'the value is a study_id of studies, or all'"
    ) }}
from {{ ref('stg_study__release_limits') }} as limits
left join {{ ref('stg_study__studies') }} as studies
    on limits.study_id = studies.study_id
where studies.study_id is null and limits.study_id <> 'all'
