-- Sum over variables of weight x (value - location) / scale; z-scores end in a min-max index.
with weights as (
    select
        scaling.study_id,
        scaling.index_spec_id,
        scaling.normalisation,
        {% for k in slots(1) -%}
            max(case when scaling.position = {{ k }} then estimates.weight end) as weight_{{ k }},
            max(case when scaling.position = {{ k }} then scaling.location end) as location_{{ k }},
            max(case when scaling.position = {{ k }} then scaling.scale end) as scale_{{ k }},
        {% endfor -%}
        count(*) as term_count
    from {{ ref('int_index__scaling') }} as scaling
    inner join {{ ref('est_index_variables') }} as estimates
        on
            scaling.study_id = estimates.study_id
            and scaling.index_spec_id = estimates.index_spec_id
            and scaling.variable = estimates.variable
    where scaling.scale is not null and estimates.weight is not null
    group by scaling.study_id, scaling.index_spec_id, scaling.normalisation
),

scored as (
    select
        sample.study_id,
        sample.index_spec_id,
        sample.country_iso3,
        weights.normalisation,
        sample.year,
        sample.imputed_share,
        {{ slot_sum(
            'weights.weight_{k} * (sample.v{k} - weights.location_{k}) / weights.scale_{k}', slots(1)
        ) }} as composite_score
    from {{ ref('int_index__sample') }} as sample
    inner join weights
        on
            sample.study_id = weights.study_id
            and sample.index_spec_id = weights.index_spec_id
),

ranged as (
    select
        *,
        min(composite_score) over (partition by study_id, index_spec_id) as lowest_score,
        max(composite_score) over (partition by study_id, index_spec_id) as highest_score
    from scored
)

select
    study_id,
    index_spec_id,
    country_iso3,
    year,
    composite_score,
    imputed_share,
    case normalisation
        when 'zscore'
            then (composite_score - lowest_score) / nullif(highest_score - lowest_score, 0)
        else composite_score
    end as development_index
from ranged
