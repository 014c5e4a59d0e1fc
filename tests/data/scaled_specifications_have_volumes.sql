-- A specification that scales the outcome of a study needs the e-commerce volumes of the study, and
-- trade that its reporter reports: the share is one of that trade.
select
    {{ complaint(
        ref('stg_study__study_specifications'), 'spec_id', "described",
        'a specification that is scaled by ecommerce_share runs for studies with an ecommerce_series and national trade'
    ) }}
from (
    select
        runs.*,
        runs.study_id || ', ' || runs.spec_id
        || case
            when studies.trade_source <> 'national'
                then ' of trade_source ' || studies.trade_source
            else ''
        end as described
    from {{ ref('stg_study__study_specifications') }} as runs
    inner join {{ ref('stg_study__studies') }} as studies
        on runs.study_id = studies.study_id
    inner join {{ ref('stg_study__gravity_specifications') }} as specifications
        on runs.spec_id = specifications.spec_id
    where
        specifications.outcome_scaling = 'ecommerce_share'
        and (studies.ecommerce_series is null or studies.trade_source <> 'national')
) as without_volumes
order by {{ complaint_order() }}
