-- Stored numbers, where they rest on the figures and code of this build. Elsewhere the row says so.
with numbers as (
    select records.*
    from {{ ref('stg_track__track_records') }} as records
    inner join {{ ref('est_track_digests') }} as digests
        on
            records.study_id = digests.study_id
            and records.through_year = digests.through_year
            and records.input_digest = digests.input_digest
            and records.code_digest = digests.code_digest
            and records.sql_digest = case digests.study_kind
                when 'world' then '{{ track_sql('world') }}'
                else '{{ track_sql('chain') }}'
            end
),

states as (
    select
        records.study_id,
        records.predictor,
        records.group_kind,
        records.group_id,
        records.horizon_years,
        records.first_cut_off_year,
        records.last_cut_off_year,
        coalesce(numbers.slope_status, 'stale') as slope_status,
        coalesce(numbers.forecast_status, 'stale') as forecast_status,
        coalesce(numbers.direction_status, 'stale') as direction_status,
        coalesce(numbers.coverage_status, 'stale') as coverage_status,
        records.predictor = 'k_year_before'
        and records.group_kind = 'all'
        and records.group_id = 'with_class'
        and records.horizon_years = 5
        and records.first_cut_off_year < records.last_cut_off_year as is_headline,
        numbers.study_id is not null as is_current
    from {{ ref('stg_track__track_records') }} as records
    inner join {{ ref('stg_study__studies') }} as studies
        on records.study_id = studies.study_id
    left join numbers
        on
            records.study_id = numbers.study_id
            and records.predictor = numbers.predictor
            and records.group_kind = numbers.group_kind
            and records.group_id = numbers.group_id
            and records.horizon_years = numbers.horizon_years
            and records.first_cut_off_year = numbers.first_cut_off_year
            and records.last_cut_off_year = numbers.last_cut_off_year
)

select
    states.study_id,
    states.predictor,
    states.group_kind,
    states.group_id,
    states.slope_status,
    states.forecast_status,
    states.direction_status,
    states.coverage_status,
    states.horizon_years,
    states.first_cut_off_year,
    states.last_cut_off_year,
    numbers.n_cut_offs,
    cast(numbers.n as integer) as n,
    numbers.n_economies,
    cast(numbers.n_without_trade as integer) as n_without_trade,
    cast(numbers.n_draws as integer) as n_draws,
    numbers.as_of_share,
    numbers.slope,
    numbers.slope_se,
    numbers.slope_ci_low,
    numbers.slope_ci_high,
    numbers.slope_p_value,
    numbers.rejected_share,
    numbers.r_squared,
    numbers.direction_share,
    numbers.direction_chance_share,
    numbers.faster_share,
    numbers.growth_below_rate,
    numbers.growth_above_rate,
    cast(numbers.n_forecasts as integer) as n_forecasts,
    cast(numbers.n_forecast_cut_offs as integer) as n_forecast_cut_offs,
    numbers.rmse,
    numbers.gain_share,
    numbers.gain_within_share,
    numbers.loss_over_no_change,
    numbers.loss_over_no_change_se,
    numbers.loss_over_no_change_p_value,
    numbers.loss_over_k,
    numbers.loss_over_k_se,
    numbers.loss_over_k_p_value,
    numbers.coverage_share,
    numbers.coverage_lowest_share,
    numbers.coverage_highest_share,
    numbers.coverage_nominal_share,
    states.is_headline,
    states.is_current
from states
left join numbers
    on
        states.study_id = numbers.study_id
        and states.predictor = numbers.predictor
        and states.group_kind = numbers.group_kind
        and states.group_id = numbers.group_id
        and states.horizon_years = numbers.horizon_years
        and states.first_cut_off_year = numbers.first_cut_off_year
        and states.last_cut_off_year = numbers.last_cut_off_year
