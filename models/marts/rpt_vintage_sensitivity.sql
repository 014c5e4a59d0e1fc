-- What the revisions of the sources change: a study beside the study that repeats it with other
-- vintages. One row per figure, coefficient, index value and K.
with pairs as (
    select
        study_id as later_study_id,
        revises_study_id as study_id
    from {{ ref('dim_study') }}
    where revises_study_id is not null
),

quantities as (
    {% for variable in ['gdp_usd', 'gdp_per_capita_ppp_intl_usd', 'mobile_subscriptions_per_100',
        'internet_users_pct', 'population_persons', 'merchandise_trade_pct_gdp'] -%}
        select
            study_id,
            'figure' as quantity_kind,
            'as_of' as spec_id,
            'none' as estimator,
            '{{ variable }}' as item,
            cast(null as varchar) as reporter_iso3,
            country_iso3,
            cast(null as varchar) as potential_class,
            year,
            {{ variable }} as quantity_value,
            cast(null as double precision) as quantity_se
        from {{ ref('fct_country_year') }}

        union all

    {% endfor -%}
    select
        study_id,
        'index' as quantity_kind,
        index_spec_id as spec_id,
        'none' as estimator,
        'development_index' as item,
        cast(null as varchar) as reporter_iso3,
        country_iso3,
        cast(null as varchar) as potential_class,
        year,
        development_index as quantity_value,
        cast(null as double precision) as quantity_se
    from {{ ref('fct_development_index') }}

    union all

    select
        study_id,
        'coefficient' as quantity_kind,
        spec_id,
        estimator,
        term as item,
        cast(null as varchar) as reporter_iso3,
        'all' as country_iso3,
        cast(null as varchar) as potential_class,
        cast(null as integer) as year,
        coefficient as quantity_value,
        coefficient_se as quantity_se
    from {{ ref('fct_gravity_coefficients') }}
    where covariance = 'classical'

    union all

    select
        study_id,
        'k' as quantity_kind,
        spec_id,
        estimator,
        'k_ratio' as item,
        reporter_iso3,
        partner_iso3 as country_iso3,
        potential_class,
        year,
        k_ratio as quantity_value,
        cast(null as double precision) as quantity_se
    from {{ ref('fct_trade_potential') }}
)

select
    earlier.study_id,
    later.study_id as later_study_id,
    earlier.quantity_kind,
    earlier.spec_id,
    earlier.estimator,
    earlier.item,
    earlier.reporter_iso3,
    earlier.country_iso3,
    earlier.potential_class,
    later.potential_class as later_class,
    earlier.year,
    earlier.quantity_value,
    later.quantity_value as later_value,
    later.quantity_value - earlier.quantity_value as value_change,
    (later.quantity_value - earlier.quantity_value) / nullif(abs(earlier.quantity_value), 0)
        as relative_change,
    (later.quantity_value - earlier.quantity_value) / nullif(earlier.quantity_se, 0)
        as change_in_se,
    coalesce(earlier.potential_class <> later.potential_class, false) as is_class_changed,
    coalesce(
        earlier.quantity_kind = 'coefficient'
        and sign(earlier.quantity_value) <> sign(later.quantity_value),
        false
    ) as is_sign_changed
from pairs
inner join quantities as earlier
    on pairs.study_id = earlier.study_id
inner join quantities as later
    on
        pairs.later_study_id = later.study_id
        and earlier.quantity_kind = later.quantity_kind
        and earlier.spec_id = later.spec_id
        and earlier.estimator = later.estimator
        and earlier.item = later.item
        and earlier.reporter_iso3 is not distinct from later.reporter_iso3
        and earlier.country_iso3 = later.country_iso3
        and earlier.year is not distinct from later.year
