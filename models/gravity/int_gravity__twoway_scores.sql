-- Scores of every partner under two-way effects, by design slot: of the other estimators they
-- follow from the moments of the partner.
with scores as (
    select
        study_id,
        spec_id,
        estimator,
        {% for k in design_slots() -%}
            m{{ k }},
        {% endfor -%}
        partner_iso3
    from {{ ref('int_gravity__scores') }}
    where estimator = 'twoway'
)

{{ pair_scores('scores', ['study_id', 'spec_id'], 'partner_iso3', design_slots()) }}
order by study_id, spec_id, estimator, partner_iso3   -- sums over pairs keep one order
