-- Stored numbers, where they rest on the figures and code of this build. Elsewhere the row says so.
with rests as (
    select
        records.study_id,
        records.through_year,
        records.input_digest,
        records.code_digest,
        records.sql_digest,
        max(case when digests.study_id is null then 0 else 1 end) = 1 as is_current
    from {{ ref('stg_track__track_records') }} as records
    left join {{ ref('est_track_digests') }} as digests
        on
            records.study_id = digests.study_id
            and records.through_year = digests.through_year
            and records.input_digest = digests.input_digest
            and records.code_digest = digests.code_digest
            and records.sql_digest = case digests.study_kind
                when 'world' then '{{ track_sql('world') }}'
                else '{{ track_sql('chain') }}'
            end
    group by
        records.study_id,
        records.through_year,
        records.input_digest,
        records.code_digest,
        records.sql_digest
),

studies as (
    select study_id
    from {{ ref('stg_study__studies') }}
)

select
    records.study_id,
    records.predictor,
    records.group_kind,
    records.group_id,
    case when rests.is_current then records.slope_status else 'stale' end as slope_status,
    case when rests.is_current then records.forecast_status else 'stale' end as forecast_status,
    records.horizon_years,
    records.first_cut_off_year,
    records.last_cut_off_year,
    case when rests.is_current then records.n_cut_offs end as n_cut_offs,
    case when rests.is_current then cast(records.n as bigint) end as n,
    case when rests.is_current then records.n_economies end as n_economies,
    case when rests.is_current then cast(records.n_without_trade as bigint) end as n_without_trade,
    case when rests.is_current then cast(records.n_draws as bigint) end as n_draws,
    case when rests.is_current then records.as_of_share end as as_of_share,
    case when rests.is_current then records.slope end as slope,
    case when rests.is_current then records.slope_se end as slope_se,
    case when rests.is_current then records.slope_ci_low end as slope_ci_low,
    case when rests.is_current then records.slope_ci_high end as slope_ci_high,
    case when rests.is_current then records.slope_p_value end as slope_p_value,
    case when rests.is_current then records.r_squared end as r_squared,
    case when rests.is_current then records.direction_share end as direction_share,
    case when rests.is_current then records.growth_below_rate end as growth_below_rate,
    case when rests.is_current then records.growth_above_rate end as growth_above_rate,
    case when rests.is_current then cast(records.n_forecasts as bigint) end as n_forecasts,
    case when rests.is_current then cast(records.n_forecast_cut_offs as bigint) end as n_forecast_cut_offs,
    case when rests.is_current then records.rmse end as rmse,
    case when rests.is_current then records.gain_share end as gain_share,
    case when rests.is_current then records.gain_within_share end as gain_within_share,
    case when rests.is_current then records.loss_over_no_change end as loss_over_no_change,
    case when rests.is_current then records.loss_over_no_change_se end as loss_over_no_change_se,
    case when rests.is_current then records.loss_over_no_change_p_value end as loss_over_no_change_p_value,
    case when rests.is_current then records.loss_over_k end as loss_over_k,
    case when rests.is_current then records.loss_over_k_se end as loss_over_k_se,
    case when rests.is_current then records.loss_over_k_p_value end as loss_over_k_p_value,
    case when rests.is_current then records.coverage_share end as coverage_share,
    case when rests.is_current then records.coverage_lowest_share end as coverage_lowest_share,
    case when rests.is_current then records.coverage_highest_share end as coverage_highest_share,
    case when rests.is_current then records.coverage_nominal_share end as coverage_nominal_share,
    records.predictor = 'k_year_before'
    and records.group_kind = 'all'
    and records.group_id = 'with_class'
    and records.horizon_years = 5
    and records.first_cut_off_year < records.last_cut_off_year as is_headline,
    rests.is_current
from {{ ref('stg_track__track_records') }} as records
inner join studies
    on records.study_id = studies.study_id
inner join rests
    on
        records.study_id = rests.study_id
        and records.through_year = rests.through_year
        and records.input_digest = rests.input_digest
        and records.code_digest = rests.code_digest
        and records.sql_digest = rests.sql_digest
