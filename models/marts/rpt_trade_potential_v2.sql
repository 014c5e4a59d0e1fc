-- Structural K is trade over its prediction by one source; a share by which the study scales its
-- own trade multiplies both afterwards and leaves it as it is.
{% set share -%}
    case when potential.scale_kind is null then 1.0 else shares.ecommerce_share end
{%- endset -%}
select
    studies.study_name,
    reporters.country_name as reporter_name,
    partners.country_name as partner_name,
    partners.un_region,
    partners.income_group,
    region_labels.label as un_region_label,
    income_labels.label as income_group_label,
    potential.potential_key,
    potential.study_id,
    potential.spec_id,
    potential.estimator,
    estimators.estimator_label,
    potential.reporter_iso3,
    potential.partner_iso3,
    studies.flow,
    potential.potential_class,
    potential.class_key,
    classes.class_label,
    potential.class_order,
    potential.estimator_status,
    status_labels.label as estimator_status_label,
    potential.scale_kind,
    potential.trade_source,
    structural_classes.class_label as structural_class_label,
    structural.k_status as structural_k_status,
    structural.k_status_label as structural_k_status_label,
    differences.difference_reason,
    indices.missing_indicators,
    potential.probability_status,
    probability_labels.label as probability_status_label,
    potential.answer_certainty,
    potential.year,
    indices.index_rank,
    {{ rounded('potential.actual_usd / 1e6', 3) }} as actual_usd_mn,
    {{ rounded('potential.predicted_usd / 1e6', 3) }} as predicted_usd_mn,
    {{ rounded('potential.k_ratio', 3) }} as k_ratio,
    {{ rounded('potential.k_ratio_ci_low', 3) }} as k_ratio_ci_low,
    {{ rounded('potential.k_ratio_ci_high', 3) }} as k_ratio_ci_high,
    {% for name in [
        'probability_huge', 'probability_expansion', 'probability_reshaping',
        'k_lasting_ci_low', 'k_lasting_ci_high', 'new_year_probability',
    ] -%}
        {{ rounded('potential.' ~ name, 3) }} as {{ name }},
    {% endfor -%}
    {{ rounded('structural.actual_usd * ' ~ share ~ ' / 1e6', 3) }} as structural_actual_usd_mn,
    {{ rounded('structural.predicted_usd * ' ~ share ~ ' / 1e6', 3) }}
        as structural_predicted_usd_mn,
    {{ rounded('structural.k_ratio', 3) }} as structural_k_ratio,
    {{ rounded('structural.k_median_of_band', 3) }} as structural_k_median,
    {{ rounded('structural.k_percentile', 1) }} as structural_k_percentile,
    {{ rounded('structural.k_pair_out_ratio', 3) }} as structural_k_pair_out_ratio,
    {{ rounded('indices.development_index', 3) }} as development_index,
    {{ rounded('potential.imputed_share', 3) }} as imputed_share,
    potential.is_unreported,
    structural.class_depends_on_own_trade,
    potential.is_default_study,
    {{ one_key([
        'potential.reporter_iso3', 'potential.partner_iso3', 'studies.flow',
        'cast(potential.year as varchar)',
    ]) }} as answer_key,
    'Choose one study (is_default_study): studies answer one question and are never added up.'
        as reading_note
from {{ ref('fct_trade_potential') }} as potential
inner join {{ ref('dim_study') }} as studies
    on potential.study_id = studies.study_id
inner join {{ ref('dim_estimator') }} as estimators
    on potential.estimator = estimators.estimator
inner join {{ ref('dim_country') }} as reporters
    on potential.reporter_iso3 = reporters.country_iso3
inner join {{ ref('dim_country') }} as partners
    on potential.partner_iso3 = partners.country_iso3
inner join {{ ref('dim_potential_class') }} as classes
    on
        potential.study_id = classes.study_id
        and potential.potential_class = classes.potential_class
left join {{ ref('fct_development_index') }} as indices
    on
        potential.study_id = indices.study_id
        and potential.index_spec_id = indices.index_spec_id
        and potential.partner_iso3 = indices.country_iso3
        and potential.year = indices.year
left join {{ ref('rpt_answer') }} as structural
    on
        potential.reporter_iso3 = structural.reporter_iso3
        and potential.partner_iso3 = structural.partner_iso3
        -- that of goods trade says nothing of another outcome; as a condition of its own the join
        -- would take a minute
        and case when potential.trade_source <> 'own' then studies.flow end = structural.flow
        and potential.year = structural.year
left join {{ ref('dim_potential_class') }} as structural_classes
    on
        structural.study_id = structural_classes.study_id
        and structural.potential_class = structural_classes.potential_class
left join {{ ref('rpt_answer_differences') }} as differences
    on
        potential.study_id = differences.study_id
        and potential.spec_id = differences.spec_id
        and potential.estimator = differences.estimator
        and potential.reporter_iso3 = differences.reporter_iso3
        and potential.partner_iso3 = differences.partner_iso3
        and potential.year = differences.year
left join {{ ref('int_panel__ecommerce_shares') }} as shares
    on
        potential.study_id = shares.study_id
        and potential.year = shares.year
{{ join_label('region_labels', 'un_region', 'partners.un_region') }}
{{ join_label('income_labels', 'income_group', 'partners.income_group') }}
{{ join_label('status_labels', 'estimator_status', 'potential.estimator_status') }}
{{ join_label('probability_labels', 'probability_status', 'potential.probability_status') }}
where potential.is_default
