-- As studies_have_an_answer, of structural studies.
select
    {{ complaint(
        ref('stg_study__studies'), 'default_spec_id', "described",
        'the structural model of a study predicts some flow'
    ) }}
from (
    select
        studies.*,
        fits.study_id || ', ' || fits.spec_id || ': ' || fits.status || ' ('
        || coalesce(fits.reason, 'no prediction') || ')' as described
    from {{ ref('stg_study__studies') }} as studies
    inner join {{ ref('est_structural_fits') }} as fits
        on
            studies.study_id = fits.study_id
            and studies.default_spec_id = fits.spec_id
    where
        not exists (
            select 1
            from {{ ref('est_structural_pairs') }} as pairs
            where
                pairs.study_id = fits.study_id
                and pairs.spec_id = fits.spec_id
        )
) as without_answer
order by {{ complaint_order() }}
