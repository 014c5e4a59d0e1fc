select
    studies.study_name,
    reporters.country_name as reporter_name,
    partners.country_name as partner_name,
    partners.un_region,
    partners.income_group,
    potential.study_id,
    potential.spec_id,
    potential.estimator,
    potential.reporter_iso3,
    potential.partner_iso3,
    classes.class_label,
    potential.estimator_status,
    potential.scale_kind,
    potential.trade_source,
    indices.missing_indicators,
    potential.year,
    indices.index_rank,
    {{ rounded('potential.actual_usd / 1e6', 3) }} as actual_usd_mn,
    {{ rounded('potential.predicted_usd / 1e6', 3) }} as predicted_usd_mn,
    {{ rounded('potential.k_ratio', 3) }} as k_ratio,
    {{ rounded('potential.k_ratio_ci_low', 3) }} as k_ratio_ci_low,
    {{ rounded('potential.k_ratio_ci_high', 3) }} as k_ratio_ci_high,
    {{ rounded('indices.development_index', 3) }} as development_index,
    {{ rounded('potential.imputed_share', 3) }} as imputed_share,
    potential.is_unreported
from {{ ref('fct_trade_potential') }} as potential
inner join {{ ref('dim_study') }} as studies
    on potential.study_id = studies.study_id
inner join {{ ref('dim_specification') }} as specifications
    on
        specifications.spec_kind = 'gravity'
        and potential.spec_id = specifications.spec_id
inner join {{ ref('dim_country') }} as reporters
    on potential.reporter_iso3 = reporters.country_iso3
inner join {{ ref('dim_country') }} as partners
    on potential.partner_iso3 = partners.country_iso3
inner join {{ ref('dim_potential_class') }} as classes
    on potential.potential_class = classes.potential_class
left join {{ ref('fct_development_index') }} as indices
    on
        potential.study_id = indices.study_id
        and specifications.index_spec_id = indices.index_spec_id
        and potential.partner_iso3 = indices.country_iso3
        and potential.year = indices.year
where potential.is_default
