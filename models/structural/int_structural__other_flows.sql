-- What another structural specification of the study says of a flow that has a class: trade over
-- the prediction of one direction, or of both for a total, whose directions are those there are.
with predicted as (
    select
        pairs.study_id,
        pairs.spec_id,
        pairs.year,
        flows.flow,
        pairs.predicted_usd,
        case flows.flow
            when 'directed' then pairs.exporter_iso3
            else least(pairs.exporter_iso3, pairs.importer_iso3)
        end as exporter_iso3,
        case flows.flow
            when 'directed' then pairs.importer_iso3
            else greatest(pairs.exporter_iso3, pairs.importer_iso3)
        end as importer_iso3
    from {{ ref('est_structural_pairs') }} as pairs
    inner join {{ ref('int_structural__runs') }} as runs
        on
            pairs.study_id = runs.study_id
            and pairs.spec_id = runs.spec_id
            and not runs.is_default
    cross join (values ('directed'), ('total')) as flows (flow)
),

ratios as (
    select
        flows.study_id,
        predicted.spec_id,
        flows.flow,
        flows.exporter_iso3,
        flows.importer_iso3,
        flows.year,
        max(flows.potential_class) as potential_class,
        max(flows.actual_usd) / sum(predicted.predicted_usd) as k_ratio
    from {{ ref('int_structural__flows') }} as flows
    inner join predicted
        on
            flows.study_id = predicted.study_id
            and flows.flow = predicted.flow
            and flows.exporter_iso3 = predicted.exporter_iso3
            and flows.importer_iso3 = predicted.importer_iso3
            and flows.year = predicted.year
    where flows.potential_class is not null
    group by
        flows.study_id,
        predicted.spec_id,
        flows.flow,
        flows.exporter_iso3,
        flows.importer_iso3,
        flows.year
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
left join {{ ref('int_panel__classes') }} as classes
    on
        ratios.study_id = classes.study_id
        and {{ k_is_in_class('ratios.k_ratio', 'classes') }}
