-- Scores of every pair under two-way effects, by design slot: of the other estimators they
-- follow from the moments of the pair.
with scores as (
    select
        study_id,
        spec_id,
        estimator,
        {% for k in design_slots() -%}
            m{{ k }},
        {% endfor -%}
        pair_id
    from {{ ref('int_gravity__scores') }}
    where estimator = 'twoway'
)

{{ pair_scores('scores', ['study_id', 'spec_id'], 'pair_id', design_slots()) }}
order by study_id, spec_id, estimator, pair_id   -- sums over pairs keep one order
