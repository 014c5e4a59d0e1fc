-- What people see first of a study is an estimate of the kind of model that it names.
select
    {{ complaint(
        ref('stg_study__studies'), 'default_estimator', "described",
        'the default estimator is ppml_structural where the default specification is structural, and nowhere else'
    ) }}
from (
    select
        studies.*,
        studies.default_spec_id || ', ' || specifications.model_kind || ': '
        || studies.default_estimator as described
    from {{ ref('stg_study__studies') }} as studies
    inner join {{ ref('stg_study__gravity_specifications') }} as specifications
        on studies.default_spec_id = specifications.spec_id
    where
        (studies.default_estimator = 'ppml_structural')
        <> (specifications.model_kind = 'structural')
) as misfits
order by {{ complaint_order() }}
