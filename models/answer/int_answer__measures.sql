-- What an answer and another one differ by is made of these: predictions of both directions with
-- and without the pair, effects of both economies, and what the partner trades beyond its size.
select
    said.study_id,
    said.spec_id,
    said.estimator,
    said.reporter_iso3,
    said.partner_iso3,
    said.flow,
    said.trade_source,
    flows.potential_class,
    said.other_class,
    said.year,
    flows.predicted_usd,
    flows.k_ratio,
    flows.k_pair_out_ratio,
    said.other_k_ratio,
    said.log_trade,
    said.mean_for_median_log,
    exports.beyond_size_ratio as partner_exports_ratio,
    imports.beyond_size_ratio as partner_imports_ratio,
    {{ seen_from('said', 'pairs', 'trade_{k}_usd', 'imports') }} / nullif(
        coalesce(pairs.trade_1_usd, 0) + coalesce(pairs.trade_2_usd, 0), 0
    ) as import_share,
    flows.actual_usd,
    {{ seen_from('said', 'pairs', 'predicted_{k}_usd', 'exports') }} as exports_usd,
    {{ seen_from('said', 'pairs', 'predicted_{k}_usd', 'imports') }} as imports_usd,
    {{ seen_from('said', 'pairs', 'predicted_pair_out_{k}_usd', 'exports') }}
        as exports_pair_out_usd,
    {{ seen_from('said', 'pairs', 'predicted_pair_out_{k}_usd', 'imports') }}
        as imports_pair_out_usd,
    flows.predicted_pair_out_usd,
    reporter_exports.log_effect + imports.log_effect as exports_log_effects,
    exports.log_effect + reporter_imports.log_effect as imports_log_effects,
    other_reporter_exports.log_effect + other_imports.log_effect as other_exports_log_effects,
    other_exports.log_effect + other_reporter_imports.log_effect as other_imports_log_effects,
    said.is_default,
    said.is_structural
from {{ ref('int_answer__others') }} as said
left join {{ ref('int_structural__flows') }} as flows
    on
        case said.flow when 'total' then 'total' else 'directed' end = flows.flow
        and {{ exporter_of('said') }} = flows.exporter_iso3
        and {{ importer_of('said') }} = flows.importer_iso3
        and said.year = flows.year
left join {{ ref('int_structural__pair_flows') }} as pairs
    on
        flows.study_id = pairs.study_id
        and least(said.reporter_iso3, said.partner_iso3) = pairs.first_iso3
        and greatest(said.reporter_iso3, said.partner_iso3) = pairs.second_iso3
        and said.year = pairs.year
{% for name, side, country in [
    ('exports', 'exporter', 'partner'), ('imports', 'importer', 'partner'),
    ('reporter_exports', 'exporter', 'reporter'), ('reporter_imports', 'importer', 'reporter'),
] -%}
    left join {{ ref('fct_country_effects') }} as {{ name }}
        on
            flows.study_id = {{ name }}.study_id
            and flows.spec_id = {{ name }}.spec_id
            and {{ name }}.side = '{{ side }}'
            and said.{{ country }}_iso3 = {{ name }}.country_iso3
            and said.year = {{ name }}.year
    -- none of a panel
    left join {{ ref('fct_country_effects') }} as other_{{ name }}
        on
            said.study_id = other_{{ name }}.study_id
            and said.spec_id = other_{{ name }}.spec_id
            and other_{{ name }}.side = '{{ side }}'
            and said.{{ country }}_iso3 = other_{{ name }}.country_iso3
            and said.year = other_{{ name }}.year
{% endfor -%}
