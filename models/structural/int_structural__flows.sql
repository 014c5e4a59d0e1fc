-- K of every directed flow and of the total of a pair, with its class and its place among the
-- others. Exports of A to B are imports of B from A: each stands once, rpt_answer shows it to both.
-- The total is sum over sum; an economy without any export has no prediction, and none is added.
with labels as (
    select
        names_.label,
        case names_.label when 'total' then 'total' else 'directed' end as flow
    from (values ('forward'), ('back'), ('total')) as names_ (label)
),

flows as (
    select
        pairs.study_id,
        pairs.spec_id,
        labels.flow,
        case
            when labels.label = 'forward' then pairs.pair_out_method_1
            when labels.label = 'back' then pairs.pair_out_method_2
            -- of the two directions the one that took more
            {% for method in ['no_effect', 'refit', 'effects', 'leverage'] -%}
                when '{{ method }}' in (pairs.pair_out_method_1, pairs.pair_out_method_2)
                    then '{{ method }}'
            {% endfor -%}
        end as pair_out_method,
        pairs.year,
        pairs.minimum_prediction_usd,
        case labels.label when 'back' then pairs.second_iso3 else pairs.first_iso3 end
            as exporter_iso3,
        case labels.label when 'back' then pairs.first_iso3 else pairs.second_iso3 end
            as importer_iso3,
        {{ of_direction('pairs.trade_{k}_usd') }} as actual_usd,
        {{ of_direction('pairs.predicted_{k}_usd') }} as predicted_usd,
        case
            when
                labels.label = 'total'
                and 'no_effect' in (pairs.pair_out_method_1, pairs.pair_out_method_2)
                then null
            else {{ of_direction('pairs.predicted_pair_out_{k}_usd') }}
        end as predicted_pair_out_usd,
        {{ of_direction('pairs.unreported_{k}') }} as unreported_count,
        coalesce(pairs.predicted_1_usd, 0.0) + coalesce(pairs.predicted_2_usd, 0.0)
            as two_way_predicted_usd
    from {{ ref('int_structural__pair_flows') }} as pairs
    cross join labels
),

ratios as (
    select
        study_id,
        spec_id,
        flow,
        exporter_iso3,
        importer_iso3,
        pair_out_method,
        year,
        actual_usd,
        predicted_usd,
        predicted_pair_out_usd,
        two_way_predicted_usd,
        unreported_count > 0 as is_unreported,
        -- a study without a minimum classes all
        coalesce(two_way_predicted_usd >= minimum_prediction_usd, true) as is_large_enough,
        actual_usd / predicted_usd as k_ratio,
        actual_usd / nullif(predicted_pair_out_usd, 0) as k_pair_out_ratio,
        case
            when actual_usd = 0 then 'no_recorded_trade'
            when two_way_predicted_usd < minimum_prediction_usd then 'below_minimum_prediction'
            else 'ok'
        end as k_status,
        ntile({{ size_bands() }}) over (
            partition by study_id, flow, year order by predicted_usd, exporter_iso3, importer_iso3
        ) as size_band
    from flows
    where predicted_usd > 0
),

ranked as (
    select
        study_id,
        spec_id,
        flow,
        exporter_iso3,
        importer_iso3,
        pair_out_method,
        k_status,
        year,
        actual_usd,
        predicted_usd,
        predicted_pair_out_usd,
        k_ratio,
        k_pair_out_ratio,
        is_unreported,
        is_large_enough,
        size_band,
        count(*) over (partition by study_id, flow, year, size_band) as band_pairs,
        row_number() over (
            partition by study_id, flow, year, size_band order by k_ratio
        ) as k_position,
        rank() over (partition by study_id, flow, year, size_band order by k_ratio) as k_rank,
        -- all with the same K are in the frame
        count(*) over (partition by study_id, flow, year, size_band order by k_ratio) as up_to
    from ratios
)

select
    ranked.study_id,
    ranked.spec_id,
    ranked.flow,
    ranked.exporter_iso3,
    ranked.importer_iso3,
    classes.potential_class,
    ranked.k_status,
    ranked.pair_out_method,
    ranked.year,
    cast(ranked.size_band as integer) as size_band,
    cast(ranked.band_pairs as integer) as band_pairs,
    ranked.actual_usd,
    ranked.predicted_usd,
    ranked.predicted_pair_out_usd,
    ranked.k_ratio,
    ranked.k_pair_out_ratio,
    ranked.is_unreported,
    ranked.is_large_enough,
    -- pairs with the same K stand at the middle of their places
    50 * cast(ranked.k_rank - 1 + ranked.up_to as double precision) / ranked.band_pairs
        as k_percentile,
    -- K of the middle one of an odd number, or of the two middle ones
    case
        when 2 * ranked.k_position between ranked.band_pairs and ranked.band_pairs + 2
            then ranked.k_ratio
    end as middle_k_ratio,
    classes.potential_class <> pair_out_classes.potential_class as class_depends_on_own_trade
from ranked
left join {{ ref('int_panel__classes') }} as classes
    on
        ranked.study_id = classes.study_id
        and ranked.k_status = 'ok'
        and {{ k_is_in_class('ranked.k_ratio', 'classes') }}
left join {{ ref('int_panel__classes') }} as pair_out_classes
    on
        ranked.study_id = pair_out_classes.study_id
        and ranked.k_status = 'ok'
        and {{ k_is_in_class('ranked.k_pair_out_ratio', 'pair_out_classes') }}
