-- What a reporter's own outcome gives a partner, as a share of all that have a prediction, over the
-- share that structural predictions of trade give it. Levels cancel: an outcome of one reporter
-- leaves its effects of years, and those of importers, nothing to be told from.
{% set of_year -%}
    partition by study_id, reporter_iso3, year {{ all_rows('partner_iso3') }}
{%- endset -%}
with given as (
    select
        studies.study_id,
        own.series_id,
        pairs.reporter_iso3,
        pairs.partner_iso3,
        studies.flow,
        own.year,
        own.value_usd as outcome_usd
    from {{ ref('int_panel__own_outcomes') }} as own
    inner join {{ ref('dim_study') }} as studies
        on own.study_id = studies.study_id
    inner join {{ ref('int_panel__pair_years') }} as pairs
        on
            own.study_id = pairs.study_id
            and own.reporter_code = pairs.reporter_code
            and own.partner_code = pairs.partner_code
            and own.year = pairs.year
),

predicted as (
    select
        given.study_id,
        given.series_id,
        given.reporter_iso3,
        given.partner_iso3,
        given.flow,
        flows.study_id as structural_study_id,
        given.year,
        given.outcome_usd,
        flows.predicted_usd
    from given
    left join {{ ref('int_structural__flows') }} as flows
        on
            case given.flow when 'total' then 'total' else 'directed' end = flows.flow
            and {{ exporter_of('given') }} = flows.exporter_iso3
            and {{ importer_of('given') }} = flows.importer_iso3
            and given.year = flows.year
),

totals as (
    select
        study_id,
        series_id,
        reporter_iso3,
        partner_iso3,
        flow,
        structural_study_id,
        year,
        outcome_usd,
        predicted_usd,
        sum(case when predicted_usd is not null then 1 else 0 end) over ({{ of_year }})
            as partner_count,
        sum(case when predicted_usd is not null then outcome_usd end) over ({{ of_year }})
            as outcome_total_usd,
        sum(predicted_usd) over ({{ of_year }}) as predicted_total_usd
    from predicted
),

statuses as (
    select
        study_id,
        series_id,
        reporter_iso3,
        partner_iso3,
        flow,
        structural_study_id,
        year,
        outcome_usd,
        predicted_usd,
        partner_count,
        outcome_total_usd,
        predicted_total_usd,
        case
            when predicted_usd is null then 'no_prediction'
            when partner_count < 2 then 'one_partner'
            when outcome_total_usd = 0 then 'no_outcome'
            when outcome_usd = 0 then 'no_recorded_trade'
            else 'ok'
        end as k_status
    from totals
),

shares as (
    select
        study_id,
        series_id,
        reporter_iso3,
        partner_iso3,
        flow,
        structural_study_id,
        year,
        outcome_usd,
        predicted_usd,
        partner_count,
        outcome_total_usd,
        predicted_total_usd,
        k_status,
        case
            when k_status in ('ok', 'no_recorded_trade')
                then outcome_usd / nullif(outcome_total_usd, 0)
        end as outcome_share,
        predicted_usd / predicted_total_usd as predicted_share
    from statuses
),

ratios as (
    select
        study_id,
        series_id,
        reporter_iso3,
        partner_iso3,
        flow,
        structural_study_id,
        year,
        outcome_usd,
        predicted_usd,
        partner_count,
        outcome_total_usd,
        predicted_total_usd,
        k_status,
        outcome_share,
        predicted_share,
        outcome_share / predicted_share as share_k
    from shares
)

select
    ratios.study_id,
    ratios.series_id,
    ratios.reporter_iso3,
    ratios.partner_iso3,
    ratios.flow,
    ratios.structural_study_id,
    classes.potential_class,
    classes.display_order as class_order,
    ratios.k_status,
    ratios.year,
    cast(ratios.partner_count as integer) as partner_count,
    ratios.outcome_usd,
    ratios.outcome_total_usd,
    ratios.outcome_share,
    ratios.predicted_usd,
    ratios.predicted_total_usd,
    ratios.predicted_share,
    ratios.share_k,
    {{ one_key(['classes.study_id', 'classes.potential_class']) }} as class_key
from ratios
left join {{ ref('int_panel__classes') }} as classes
    on
        ratios.study_id = classes.study_id
        and ratios.k_status = 'ok'
        and {{ k_is_in_class('ratios.share_k', 'classes') }}
