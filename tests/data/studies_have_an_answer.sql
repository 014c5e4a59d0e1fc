-- What people see first of a study is K by its default estimator; without it there is no answer.
select
    {{ complaint(
        ref('stg_study__studies'), 'default_estimator', "described",
        'the default estimator of a study gives K of some row'
    ) }}
from (
    select
        studies.*,
        studies.study_id || ', ' || studies.default_spec_id || ', ' || studies.default_estimator
        || ': ' || coalesce(fits.status, 'not estimated') || ' ('
        || coalesce(fits.reason, 'no prediction is above 0') || ')' as described
    from {{ ref('stg_study__studies') }} as studies
    inner join {{ ref('stg_study__gravity_specifications') }} as specifications
        on
            studies.default_spec_id = specifications.spec_id
            and specifications.model_kind = 'panel'
    left join {{ ref('est_gravity_fits') }} as fits
        on
            studies.study_id = fits.study_id
            and studies.default_spec_id = fits.spec_id
            and studies.default_estimator = fits.estimator
    where
        not exists (
            select 1
            from {{ ref('fct_trade_potential') }} as potential
            where
                potential.study_id = studies.study_id
                and potential.is_default
                and potential.k_status = 'ok'
        )
) as without_answer
order by {{ complaint_order() }}
