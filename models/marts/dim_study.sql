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
    as_of_date
from {{ ref('stg_study__studies') }}
where {{ gate_is_open() }}
