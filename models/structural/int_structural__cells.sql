-- The rows of a structural specification: terms in v1.. by position.
select
    pair_years.study_id,
    terms.spec_id,
    pair_years.exporter_iso3,
    pair_years.importer_iso3,
    pair_years.year,
    pair_years.trade_usd,
    pair_years.is_unreported,
{% for k in slots(1) -%}
    terms.v{{ k }} * case
        when runs.i{{ k }} then exporters.development_index * importers.development_index
        else 1.0
    end as v{{ k }}
    {{- ',' if not loop.last }}
{% endfor %}
from {{ ref('int_structural__pair_years') }} as pair_years
inner join {{ ref('int_structural__pair_terms') }} as terms
    on
        pair_years.exporter_iso3 = terms.exporter_iso3
        and pair_years.importer_iso3 = terms.importer_iso3
        and pair_years.agreement_depth = terms.agreement_depth
        and terms.missing_terms is null
inner join {{ ref('int_structural__runs') }} as runs
    on
        pair_years.study_id = runs.study_id
        and terms.spec_id = runs.spec_id
inner join {{ ref('int_structural__economies') }} as exporters
    on
        runs.study_id = exporters.study_id
        and runs.spec_id = exporters.spec_id
        and pair_years.exporter_iso3 = exporters.country_iso3
        and pair_years.year = exporters.year
        and exporters.is_exporter
inner join {{ ref('int_structural__economies') }} as importers
    on
        runs.study_id = importers.study_id
        and runs.spec_id = importers.spec_id
        and pair_years.importer_iso3 = importers.country_iso3
        and pair_years.year = importers.year
        and importers.is_importer
