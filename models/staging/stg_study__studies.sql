{{ require_columns('studies') }}

select
    study_id,
    study_name,
    reporter_iso3,
    reporter_scope,
    partner_scope,
    flow,
    outcome_scaling,
    ecommerce_series,
    default_spec_id,
    default_estimator,
    revises_study_id,
    description,
    first_year,
    last_year,
    as_of_date,
    {{ row_place('studies') }}
from {{ input('studies') }}
