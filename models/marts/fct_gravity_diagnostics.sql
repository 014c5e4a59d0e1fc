-- The numbers of a fit as rows, with its status on each: those that its kind of estimator has, also
-- where one is undefined.
{% set present = {
    'n_obs': ['n_obs', 'n_entities'],
    'df_resid': ['df_resid', 'r_squared'],
    'n_rows': [
        'n_rows', 'n_absorbed', 'ssr', 'r_squared_within', 'r_squared_between',
        'r_squared_overall', 'sigma_u', 'sigma_e', 'condition_number',
    ],
    'n_zeros': ['n_zeros', 'deviance', 'log_likelihood', 'pseudo_r_squared'],
} -%}
{% set columns = {} -%}
{% for names in present.values() %}{% for name in names -%}
    {% do columns.update({name: 'fits.' ~ name}) -%}
{% endfor %}{% endfor -%}
with names as (
    {{ name_rows(columns, 'diagnostic') }}
),

numbers as (
    select
        fits.study_id,
        fits.spec_id,
        fits.estimator,
        names.diagnostic,
        cast(null as bigint) as group_size,
        {{ picked('names.diagnostic', columns) }} as diagnostic_value
    from {{ ref('est_gravity_fits') }} as fits
    cross join names
    where
        {% for column, of_kind in present.items() -%}
            {{ 'or ' if not loop.first }}(
                fits.{{ column }} is not null
                and names.diagnostic in (
                    {% for name in of_kind -%}
                        '{{ name }}'{{ ',' if not loop.last }}
                    {% endfor -%}
                )
            )
        {% endfor -%}
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
where {{ audit_agrees() }}
