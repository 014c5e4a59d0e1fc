-- A structural model is of world trade, every economy with every other, both ways: what a study
-- says of reporters, partners, flow, source and scaling is what it does.
select
    {{ complaint(
        ref('stg_study__study_specifications'), 'spec_id', "described",
        'a structural specification is run by a study of it: reporters and partners all_reported, flow total, baci, not scaled, by default structural'
    ) }}
from (
    select
        runs.*,
        runs.study_id || ', ' || runs.spec_id || ': ' || studies.reporter_scope || ', '
        || studies.partner_scope || ', ' || studies.flow || ', ' || studies.trade_source || ', '
        || studies.outcome_scaling || ', ' || studies.default_spec_id as described
    from {{ ref('stg_study__study_specifications') }} as runs
    inner join {{ ref('stg_study__studies') }} as studies
        on runs.study_id = studies.study_id
    inner join {{ ref('stg_study__gravity_specifications') }} as specifications
        on
            runs.spec_id = specifications.spec_id
            and specifications.model_kind = 'structural'
    inner join {{ ref('stg_study__gravity_specifications') }} as default_specifications
        on studies.default_spec_id = default_specifications.spec_id
    where
        studies.reporter_scope <> 'all_reported'
        or studies.partner_scope <> 'all_reported'
        or studies.flow <> 'total'
        or studies.trade_source <> 'baci'
        or studies.outcome_scaling <> 'none'
        or default_specifications.model_kind <> 'structural'
) as misfits
order by {{ complaint_order() }}
