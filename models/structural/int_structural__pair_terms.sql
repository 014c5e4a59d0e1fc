-- The terms of a pair do not change with the year but for its agreement: they are made once for
-- every agreement that the two ever had, and once for none.
with specifications as (
    select distinct spec_id
    from {{ ref('int_structural__runs') }}
),

terms as (
    select
        terms.spec_id,
        terms.term,
        terms.position,
        terms.transform,
        terms.divisor,
        terms.floor_value,
        variables.derivation,
        variables.pair_figure,
        variables.divisor as figure_divisor
    from specifications
    inner join {{ ref('stg_study__gravity_terms') }} as terms
        on specifications.spec_id = terms.spec_id
    inner join {{ ref('stg_study__variables') }} as variables
        on terms.variable = variables.variable
),

pairs as (
    select
        origins.country_iso3 as exporter_iso3,
        destinations.country_iso3 as importer_iso3,
        least(origins.country_iso3, destinations.country_iso3) as country_iso3_a,
        greatest(origins.country_iso3, destinations.country_iso3) as country_iso3_b,
    {% for figure in pair_figures(of_world=true) -%}
        pairs.{{ figure }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('gate_world_pairs') }} as pairs
    inner join {{ ref('int_panel__country_codes') }} as origins
        on pairs.origin_code = origins.source_code
    inner join {{ ref('int_panel__country_codes') }} as destinations
        on pairs.destination_code = destinations.source_code
    where origins.country_iso3 <> destinations.country_iso3
),

depths as (
    select distinct
        country_iso3_a,
        country_iso3_b,
        agreement_depth
    from {{ ref('int_structural__agreements') }}
    union all
    select distinct
        country_iso3_a,
        country_iso3_b,
        0 as agreement_depth
    from pairs
),

figures as (
    select
        terms.spec_id,
        pairs.exporter_iso3,
        pairs.importer_iso3,
        depths.agreement_depth,
        terms.term,
        terms.position,
        terms.transform,
        terms.divisor,
        terms.floor_value,
        terms.derivation,
        case terms.derivation
            when 'in_force'
                then
                    case
                        when depths.agreement_depth = {{ agreement_depth('terms.pair_figure') }}
                            then 1.0
                        else 0.0
                    end
            else
                {{ pair_figure('pairs', 'terms.pair_figure', of_world=true) }}
                / terms.figure_divisor
        end as figure
    from pairs
    inner join depths
        on
            pairs.country_iso3_a = depths.country_iso3_a
            and pairs.country_iso3_b = depths.country_iso3_b
    cross join terms
),

valued as (
    select
        spec_id,
        exporter_iso3,
        importer_iso3,
        agreement_depth,
        term,
        position,
        case derivation
            when 'ln_times_indices' then case when figure > 0 then ln(figure) end
            else {{ transformed('figure', 'transform', 'divisor', 'floor_value') }}
        end as term_value
    from figures
)

select
    spec_id,
    exporter_iso3,
    importer_iso3,
    {{ text_list('case when term_value is null then term end', 'position') }} as missing_terms,
    agreement_depth,
{% for k in slots(1) -%}
    max(case when position = {{ k }} then term_value end) as v{{ k }}
    {{- ',' if not loop.last }}
{% endfor %}
from valued
group by spec_id, exporter_iso3, importer_iso3, agreement_depth
