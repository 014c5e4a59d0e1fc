-- What another structural specification of the study says of a flow, where its class is another.
with predicted as (
    select
        pairs.study_id,
        pairs.spec_id,
        pairs.exporter_iso3,
        pairs.importer_iso3,
        pairs.year,
        pairs.predicted_usd,
        -- trade costs as the specification has them: what the effects leave of the prediction
        ln(pairs.predicted_usd) - exporters.log_effect - importers.log_effect as log_costs
    from {{ ref('est_structural_pairs') }} as pairs
    inner join {{ ref('int_structural__runs') }} as runs
        on
            pairs.study_id = runs.study_id
            and pairs.spec_id = runs.spec_id
            and not runs.is_default
    inner join {{ ref('est_structural_effects') }} as exporters
        on
            pairs.study_id = exporters.study_id
            and pairs.spec_id = exporters.spec_id
            and exporters.side = 'exporter'
            and pairs.exporter_iso3 = exporters.country_iso3
            and pairs.year = exporters.year
    inner join {{ ref('est_structural_effects') }} as importers
        on
            pairs.study_id = importers.study_id
            and pairs.spec_id = importers.spec_id
            and importers.side = 'importer'
            and pairs.importer_iso3 = importers.country_iso3
            and pairs.year = importers.year
),

compared as (
    select
        flows.study_id,
        forward.spec_id,
        flows.flow,
        flows.exporter_iso3,
        flows.importer_iso3,
        flows.potential_class,
        flows.year,
        forward.log_costs as forward_log_costs,
        back.log_costs as back_log_costs,
        flows.actual_usd / (forward.predicted_usd + coalesce(back.predicted_usd, 0)) as k_ratio
    from {{ ref('int_structural__flows') }} as flows
    inner join predicted as forward
        on
            flows.study_id = forward.study_id
            and flows.exporter_iso3 = forward.exporter_iso3
            and flows.importer_iso3 = forward.importer_iso3
            and flows.year = forward.year
    left join predicted as back
        on
            flows.flow = 'total'
            and forward.study_id = back.study_id
            and forward.spec_id = back.spec_id
            and forward.exporter_iso3 = back.importer_iso3
            and forward.importer_iso3 = back.exporter_iso3
            and forward.year = back.year
    where flows.potential_class is not null
)

select
    compared.study_id,
    compared.spec_id,
    compared.flow,
    compared.exporter_iso3,
    compared.importer_iso3,
    classes.potential_class,
    compared.year,
    compared.forward_log_costs,
    compared.back_log_costs,
    compared.k_ratio
from compared
inner join {{ ref('dim_potential_class') }} as classes
    on {{ k_is_in_class('compared.k_ratio', 'classes') }}
where compared.potential_class <> classes.potential_class
