select
    study_id,
    study_name,
    reporter_iso3,
    reporter_scope,
    partner_scope,
    flow,
    outcome_scaling,
    trade_source,
    ecommerce_series,
    default_spec_id,
    default_estimator,
    revises_study_id,
    description,
    first_year,
    last_year,
    minimum_prediction_usd,
    as_of_date,
    row_number() over (
        partition by coalesce(reporter_iso3, ''), flow
        order by
            case when revises_study_id is null then 0 else 1 end asc,
            case when partner_scope = 'all_reported' then 0 else 1 end asc,
            last_year desc,
            study_id asc
    ) = 1 as is_default_study
from {{ ref('stg_study__studies') }}
where {{ gate_is_open() }}
