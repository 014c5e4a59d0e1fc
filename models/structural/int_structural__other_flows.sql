-- What another structural specification of the study says of a flow that has a class.
with predicted as (
    select
        pairs.study_id,
        pairs.spec_id,
        pairs.exporter_iso3,
        pairs.importer_iso3,
        pairs.year,
        pairs.predicted_usd
    from {{ ref('est_structural_pairs') }} as pairs
    inner join {{ ref('int_structural__runs') }} as runs
        on
            pairs.study_id = runs.study_id
            and pairs.spec_id = runs.spec_id
            and not runs.is_default
),

flows as (
    select
        study_id,
        flow,
        exporter_iso3,
        importer_iso3,
        potential_class,
        year,
        actual_usd
    from {{ ref('int_structural__flows') }}
    where potential_class is not null
),

-- a directed flow is one direction, a total is both
directions as (
    select
        flows.study_id,
        predicted.spec_id,
        flows.flow,
        flows.exporter_iso3,
        flows.importer_iso3,
        flows.potential_class,
        flows.year,
        flows.actual_usd,
        predicted.predicted_usd
    from flows
    inner join predicted
        on
            flows.study_id = predicted.study_id
            and flows.exporter_iso3 = predicted.exporter_iso3
            and flows.importer_iso3 = predicted.importer_iso3
            and flows.year = predicted.year
    union all
    select
        flows.study_id,
        predicted.spec_id,
        flows.flow,
        flows.exporter_iso3,
        flows.importer_iso3,
        flows.potential_class,
        flows.year,
        flows.actual_usd,
        predicted.predicted_usd
    from flows
    inner join predicted
        on
            flows.study_id = predicted.study_id
            and flows.exporter_iso3 = predicted.importer_iso3
            and flows.importer_iso3 = predicted.exporter_iso3
            and flows.year = predicted.year
    where flows.flow = 'total'
),

ratios as (
    select
        study_id,
        spec_id,
        flow,
        exporter_iso3,
        importer_iso3,
        year,
        max(potential_class) as potential_class,
        max(actual_usd) / sum(predicted_usd) as k_ratio
    from directions
    group by study_id, spec_id, flow, exporter_iso3, importer_iso3, year
)

select
    ratios.study_id,
    ratios.spec_id,
    ratios.flow,
    ratios.exporter_iso3,
    ratios.importer_iso3,
    classes.potential_class,
    ratios.year,
    ratios.k_ratio,
    ratios.potential_class <> classes.potential_class as is_another_class
from ratios
left join {{ ref('dim_potential_class') }} as classes
    on {{ k_is_in_class('ratios.k_ratio', 'classes') }}
