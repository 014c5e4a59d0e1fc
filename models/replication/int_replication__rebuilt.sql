-- What the warehouse has for every printed figure, by replication: each exhibit from its mart.
with runs as (
    select
        replication_id,
        study_id,
        index_spec_id,
        spec_id,
        estimator,
        covariance,
        k_study_id,
        k_spec_id,
        k_estimator
    from {{ ref('int_replication__runs') }}
),

coefficients as (
    select
        runs.replication_id,
        coefficients.estimator,
        coefficients.covariance,
        coefficients.coefficient,
        coefficients.coefficient_se,
        coefficients.statistic,
        coefficients.p_value,
        coefficients.coefficient_ci_low,
        coefficients.coefficient_ci_high,
        runs.estimator = coefficients.estimator
        and runs.covariance = coefficients.covariance as is_model,
        case coefficients.term when 'const' then '_cons' else coefficients.term end as row_label
    from runs
    inner join {{ ref('fct_gravity_coefficients') }} as coefficients
        on
            runs.study_id = coefficients.study_id
            and runs.spec_id = coefficients.spec_id
),

hausman as (
    select
        fixed.replication_id,
        fixed.row_label,
        fixed.coefficient as fixed_coefficient,
        random.coefficient as random_coefficient,
        case
            when fixed.coefficient_se > random.coefficient_se
                then sqrt(fixed.coefficient_se ^ 2 - random.coefficient_se ^ 2)
        end as difference_se
    from coefficients as fixed
    inner join coefficients as random
        on
            fixed.replication_id = random.replication_id
            and fixed.row_label = random.row_label
            and random.estimator = 'random'
            and random.covariance = 'classical'
    where fixed.estimator = 'within' and fixed.covariance = 'classical'
),

descriptives as (
    select
        runs.replication_id,
        descriptives.term as row_label,
        cast(descriptives.n_obs as double precision) as n_obs,
        descriptives.value_mean,
        descriptives.value_sd,
        descriptives.value_min,
        descriptives.value_max
    from runs
    inner join {{ ref('fct_gravity_descriptives') }} as descriptives
        on
            runs.study_id = descriptives.study_id
            and runs.spec_id = descriptives.spec_id
),

f_test as (
    select
        runs.replication_id,
        tests.test as row_label,
        tests.statistic,
        cast(tests.df as double precision) as df,
        cast(tests.df_denominator as double precision) as df_denominator,
        tests.p_value
    from runs
    inner join {{ ref('fct_gravity_tests') }} as tests
        on
            runs.study_id = tests.study_id
            and runs.spec_id = tests.spec_id
            and tests.test = 'f_effects'
),

diagnostics as (
    select
        runs.replication_id,
        diagnostics.diagnostic,
        diagnostics.diagnostic_value,
        diagnostics.p_value
    from runs
    inner join {{ ref('fct_index_diagnostics') }} as diagnostics
        on
            runs.study_id = diagnostics.study_id
            and runs.index_spec_id = diagnostics.index_spec_id
),

component_weights as (
    select
        runs.replication_id,
        weights.component,
        weights.weight_value
    from runs
    inner join {{ ref('fct_index_weights') }} as weights
        on
            runs.study_id = weights.study_id
            and runs.index_spec_id = weights.index_spec_id
            and weights.weight_kind = 'component_weight'
),

potential as (
    select
        runs.replication_id,
        potential.partner_iso3 as row_label,
        cast(potential.year as varchar) as column_label,
        potential.k_ratio
    from runs
    inner join {{ ref('fct_trade_potential') }} as potential
        on
            runs.k_study_id = potential.study_id
            and runs.k_spec_id = potential.spec_id
            and runs.k_estimator = potential.estimator
)

select
    runs.replication_id,
    'index' as exhibit,
    indices.country_iso3 as row_label,
    cast(indices.year as varchar) as column_label,
    indices.development_index as rebuilt_value
from runs
inner join {{ ref('fct_development_index') }} as indices
    on
        runs.study_id = indices.study_id
        and runs.index_spec_id = indices.index_spec_id

union all
select
    replication_id,
    'index_diagnostics' as exhibit,
    'kmo' as row_label,
    'value' as column_label,
    diagnostic_value as rebuilt_value
from diagnostics
where diagnostic = 'kmo'

union all
select
    replication_id,
    'index_diagnostics' as exhibit,
    'bartlett_p_value' as row_label,
    'value' as column_label,
    p_value as rebuilt_value
from diagnostics
where diagnostic = 'bartlett_chi2'

union all
select
    replication_id,
    'index_diagnostics' as exhibit,
    'component_count' as row_label,
    'value' as column_label,
    sum(diagnostic_value) as rebuilt_value
from diagnostics
where diagnostic = 'is_kept'
group by replication_id

union all
select
    replication_id,
    'index_diagnostics' as exhibit,
    'cumulative_share_pct' as row_label,
    'value' as column_label,
    100 * sum(weight_value) as rebuilt_value
from component_weights
group by replication_id

union all
select
    replication_id,
    'index_diagnostics' as exhibit,
    'component_weight_' || component as row_label,
    'value' as column_label,
    weight_value as rebuilt_value
from component_weights

{%- set columns = {
    'descriptives': ('descriptives', {
        'n_obs': 'n_obs', 'mean': 'value_mean', 'sd': 'value_sd', 'min': 'value_min', 'max': 'value_max',
    }, none),
    'f_test': ('f_test', {
        'statistic': 'statistic', 'df': 'df', 'df_denominator': 'df_denominator', 'p_value': 'p_value',
    }, none),
    'hausman': ('hausman', {
        'fixed': 'fixed_coefficient', 'random': 'random_coefficient',
        'difference': 'fixed_coefficient - random_coefficient', 'difference_se': 'difference_se',
    }, none),
    'random_effects': ('coefficients', {
        'coefficient': 'coefficient', 'standard_error': 'coefficient_se', 't_statistic': 'statistic',
        'p_value': 'p_value', 'ci_low': 'coefficient_ci_low', 'ci_high': 'coefficient_ci_high',
    }, 'is_model'),
} %}
{%- for exhibit, (source, values, condition) in columns.items() %}
    {%- for column_label, value in values.items() %}

        union all
        select
            replication_id,
            '{{ exhibit }}' as exhibit,
            row_label,
            '{{ column_label }}' as column_label,
            {{ value }} as rebuilt_value
        from {{ source }}
        {%- if condition %}
            where {{ condition }}
        {%- endif %}
    {%- endfor %}
{%- endfor %}

union all
select
    runs.replication_id,
    'random_effects' as exhibit,
    'r_squared' as row_label,
    'value' as column_label,
    diagnostics.diagnostic_value as rebuilt_value
from runs
inner join {{ ref('fct_gravity_diagnostics') }} as diagnostics
    on
        runs.study_id = diagnostics.study_id
        and runs.spec_id = diagnostics.spec_id
        and runs.estimator = diagnostics.estimator
        and diagnostics.diagnostic = 'r_squared'

union all
select
    replication_id,
    'k' as exhibit,
    row_label,
    column_label,
    k_ratio as rebuilt_value
from potential

union all
select
    potential.replication_id,
    'k_class' as exhibit,
    potential.row_label,
    potential.column_label,
    cast(classes.display_order as double precision) as rebuilt_value
from potential
inner join {{ ref('stg_published__printed_classes') }} as classes
    on {{ k_is_in_class('potential.k_ratio', 'classes') }}
