-- The numbers of a fit as rows, with its status on each: those that its kind of estimator has, also
-- where one is undefined.
{% set numbers, present = {}, {} -%}
{% for column, names in {
    'n_obs': ['n_obs', 'n_entities'],
    'df_resid': ['df_resid', 'r_squared'],
    'n_rows': [
        'n_rows', 'n_absorbed', 'ssr', 'r_squared_within', 'r_squared_between',
        'r_squared_overall', 'sigma_u', 'sigma_e', 'condition_number',
    ],
    'n_zeros': ['n_zeros', 'deviance', 'log_likelihood', 'pseudo_r_squared'],
}.items() %}{% for name in names -%}
    {% do numbers.update({name: 'fits.' ~ name}) %}{% do present.update({name: 'fits.' ~ column}) %}
{%- endfor %}{% endfor -%}
{% set structural = {} -%}
{% for name, column in {
    'n_obs': 'n_obs', 'n_entities': 'n_pairs', 'n_zeros': 'n_zero', 'deviance': 'deviance',
    'n_exporter_years': 'n_exporter_years', 'n_importer_years': 'n_importer_years',
    'n_refitted_pairs': 'n_refitted_pairs', 'iterations': 'iterations',
    'largest_score': 'largest_score', 'deviance_r_squared': 'deviance_r_squared',
}.items() %}{% do structural.update({name: 'fits.' ~ column}) %}{% endfor -%}
with names as (
    {{ name_rows(present, 'diagnostic') }}
),

structural_names as (
    {{ name_rows(structural, 'diagnostic') }}
),

numbers as (
    select
        fits.study_id,
        fits.spec_id,
        fits.estimator,
        names.diagnostic,
        cast(null as bigint) as group_size,
        {{ picked('names.diagnostic', numbers) }} as diagnostic_value
    from {{ ref('est_gravity_fits') }} as fits
    cross join names
    where {{ picked('names.diagnostic', present) }} is not null
    union all
    select
        study_id,
        spec_id,
        estimator,
        'theta' as diagnostic,
        group_size,
        theta as diagnostic_value
    from {{ ref('est_gravity_weights') }}
    union all
    select
        study_id,
        spec_id,
        estimator,
        'first_order_gap' as diagnostic,
        cast(null as bigint) as group_size,
        first_order_gap as diagnostic_value
    from {{ ref('est_gravity_covariances') }}
    where first_order_gap is not null
)

select
    fits.study_id,
    fits.spec_id,
    fits.estimator,
    numbers.diagnostic,
    fits.status as estimator_status,
    fits.reason,
    cast(numbers.group_size as integer) as group_size,
    numbers.diagnostic_value
from {{ ref('est_gravity_fits') }} as fits
inner join numbers
    on
        fits.study_id = numbers.study_id
        and fits.spec_id = numbers.spec_id
        and fits.estimator = numbers.estimator
union all
select
    fits.study_id,
    fits.spec_id,
    'ppml_structural' as estimator,
    names_.diagnostic,
    fits.status as estimator_status,
    fits.reason,
    cast(null as integer) as group_size,
    {{ picked('names_.diagnostic', structural) }} as diagnostic_value
from {{ ref('est_structural_fits') }} as fits
cross join structural_names as names_
where {{ picked('names_.diagnostic', structural) }} is not null
