-- The structural estimator is of another kind than the rows of the registry: it has no moments.
with estimators as (
    select
        estimator,
        family,
        effects,
        link,
        distribution,
        predicts as gives_k
    from {{ ref('int_gravity__estimators') }}
    union all
    select
        structural_.estimator,
        structural_.family,
        structural_.effects,
        structural_.link,
        structural_.distribution,
        structural_.gives_k
    from (
        values ('ppml_structural', 'ppml', 'exporter-year, importer-year', 'log', 'normal', true)
    ) as structural_ (estimator, family, effects, link, distribution, gives_k)
)

select
    estimators.estimator,
    labels.label as estimator_label,
    estimators.family,
    estimators.link,
    estimators.distribution,
    estimators.gives_k,
    nullif(estimators.effects, '') as effects
from estimators
{{ join_label('labels', 'estimator', 'estimators.estimator') }}
where {{ gate_is_open() }}
