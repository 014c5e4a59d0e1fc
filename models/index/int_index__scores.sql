-- Sum over the variables that a row has of weight x (value - location) / scale; z-scores end in a
-- min-max index over all rows. The weights are those of rows with the same variables.
with scaling as (
    select
        study_id,
        index_spec_id,
        normalisation,
        {% for k in slots(1) -%}
            max(case when position = {{ k }} then location end) as location_{{ k }},
            max(case when position = {{ k }} then scale end) as scale_{{ k }},
        {% endfor -%}
        count(*) as term_count
    from {{ ref('int_index__scaling') }}
    where scale is not null
    group by study_id, index_spec_id, normalisation
),

scored as (
    select
        sample.study_id,
        sample.index_spec_id,
        sample.country_iso3,
        sample.missing_indicators,
        scaling.normalisation,
        sample.year,
        sample.imputed_share,
        {{ slot_sum(
            'weights.w{k} * (sample.v{k} - scaling.location_{k}) / scaling.scale_{k}', slots(1)
        ) }} as composite_score,
        weights.composite_se,
        sample.indicator_count,
        sample.is_partial
    from {{ ref('int_index__sample') }} as sample
    inner join scaling
        on
            sample.study_id = scaling.study_id
            and sample.index_spec_id = scaling.index_spec_id
    inner join {{ ref('est_index_row_weights') }} as weights
        on
            sample.study_id = weights.study_id
            and sample.index_spec_id = weights.index_spec_id
            and sample.available_slots = weights.available_slots
),

ranged as (
    select
        study_id,
        index_spec_id,
        country_iso3,
        missing_indicators,
        normalisation,
        year,
        imputed_share,
        composite_score,
        composite_se,
        indicator_count,
        is_partial,
        min(composite_score) over (partition by study_id, index_spec_id) as lowest_score,
        max(composite_score) over (partition by study_id, index_spec_id) as highest_score
    from scored
)

select
    study_id,
    index_spec_id,
    country_iso3,
    missing_indicators,
    year,
    composite_score,
    imputed_share,
    indicator_count,
    is_partial,
    case normalisation
        when 'zscore'
            then (composite_score - lowest_score) / nullif(highest_score - lowest_score, 0)
        else composite_score
    end as development_index,
    case normalisation
        when 'zscore' then composite_se / nullif(highest_score - lowest_score, 0)
        else composite_se
    end as development_index_se
from ranged
