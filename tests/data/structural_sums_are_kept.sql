-- Predictions of an exporter over its importers, and of an importer over its exporters, add up to
-- trade in every year: the first-order conditions of the effects (Fally 2015). To 1e-9: sums of 200
-- numbers, each known to 1e-12 of the largest.
with sides as (
    select names_.side
    from (values ('exporter'), ('importer')) as names_ (side)
),

predicted as (
    select
        pairs.study_id,
        pairs.spec_id,
        sides.side,
        pairs.year,
        case sides.side when 'exporter' then pairs.exporter_iso3 else pairs.importer_iso3 end
            as country_iso3,
        sum(pairs.predicted_usd) as predicted_usd
    from {{ ref('est_structural_pairs') }} as pairs
    cross join sides
    group by
        pairs.study_id,
        pairs.spec_id,
        sides.side,
        case sides.side when 'exporter' then pairs.exporter_iso3 else pairs.importer_iso3 end,
        pairs.year
)

select
    {{ complaint_of(
        key="effects.study_id || ', ' || effects.spec_id || ', ' || effects.side || ' '"
        ~ " || effects.country_iso3 || ', ' || effects.year",
        value="'predicted ' || coalesce(cast(predicted.predicted_usd as varchar), 'nothing')"
        ~ " || ', traded ' || effects.trade_usd",
        rule="'predictions over the partners add up to trade'"
    ) }}
from {{ ref('fct_country_effects') }} as effects
left join predicted
    on
        effects.study_id = predicted.study_id
        and effects.spec_id = predicted.spec_id
        and effects.side = predicted.side
        and effects.country_iso3 = predicted.country_iso3
        and effects.year = predicted.year
where
    effects.trade_usd > 0
    and not coalesce(
        abs(predicted.predicted_usd - effects.trade_usd) <= 1e-9 * effects.trade_usd, false
    )
