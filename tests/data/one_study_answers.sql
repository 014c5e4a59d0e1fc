-- rpt_answer has one K for a pair, year and flow: that of the one study of every pair.
select
    {{ complaint(
        ref('stg_study__studies'), 'default_spec_id', "described",
        'one study at most has a structural specification as its default'
    ) }}
from (
    select
        studies.*,
        studies.study_id || ': ' || studies.default_spec_id as described,
        count(*) over () as study_count
    from {{ ref('stg_study__studies') }} as studies
    inner join {{ ref('stg_study__gravity_specifications') }} as specifications
        on
            studies.default_spec_id = specifications.spec_id
            and specifications.model_kind = 'structural'
) as answering
where study_count > 1
order by {{ complaint_order() }}
