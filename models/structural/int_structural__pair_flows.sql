-- Actual and predicted trade of two economies in a year by the default specification of the study:
-- 1 from the first to the second in the alphabet, 2 back. Both directions stand in one row, since
-- the class of either asks for their sum.
with cells as (
    select
        pairs.study_id,
        pairs.spec_id,
        runs.minimum_prediction_usd,
        pairs.year,
        pairs.predicted_usd,
        pairs.predicted_pair_out_usd,
        pairs.pair_out_method,
        pair_years.trade_usd,
        least(pairs.exporter_iso3, pairs.importer_iso3) as first_iso3,
        greatest(pairs.exporter_iso3, pairs.importer_iso3) as second_iso3,
        case when pair_years.is_unreported then 1 else 0 end as unreported,
        case when pairs.exporter_iso3 < pairs.importer_iso3 then 1 else 2 end as direction
    from {{ ref('est_structural_pairs') }} as pairs
    inner join {{ ref('int_structural__runs') }} as runs
        on
            pairs.study_id = runs.study_id
            and pairs.spec_id = runs.spec_id
            and runs.is_default
    inner join {{ ref('int_structural__pair_years') }} as pair_years
        on
            pairs.study_id = pair_years.study_id
            and pairs.exporter_iso3 = pair_years.exporter_iso3
            and pairs.importer_iso3 = pair_years.importer_iso3
            and pairs.year = pair_years.year
)

select
    study_id,
    spec_id,
    first_iso3,
    second_iso3,
    year,
    max(minimum_prediction_usd) as minimum_prediction_usd,
{% for k in [1, 2] -%}
    max(case when direction = {{ k }} then pair_out_method end) as pair_out_method_{{ k }},
    max(case when direction = {{ k }} then trade_usd end) as trade_{{ k }}_usd,
    max(case when direction = {{ k }} then predicted_usd end) as predicted_{{ k }}_usd,
    max(case when direction = {{ k }} then predicted_pair_out_usd end)
        as predicted_pair_out_{{ k }}_usd,
    max(case when direction = {{ k }} then unreported end) as unreported_{{ k }}
    {{- ',' if not loop.last }}
{% endfor %}
from cells
group by study_id, spec_id, first_iso3, second_iso3, year
