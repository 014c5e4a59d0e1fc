-- The numbers of a fit as rows, with its status on each: those that its kind of estimator has, also
-- where one is undefined.
{% set sizes = ['n_obs', 'n_entities'] -%}
{% set of_estimates = ['df_resid', 'r_squared'] -%}
{% set of_least_squares = [
    'n_rows', 'n_absorbed', 'ssr', 'r_squared_within', 'r_squared_between', 'r_squared_overall',
    'sigma_u', 'sigma_e', 'condition_number',
] -%}
{% set of_ppml = ['n_zeros', 'deviance', 'log_likelihood', 'pseudo_r_squared'] -%}
{% set present = {
    'n_obs': sizes, 'df_resid': of_estimates, 'n_rows': of_least_squares, 'n_zeros': of_ppml
} -%}
with names as (
    select name_rows.diagnostic
    from (
        values
        {%- for name in sizes + of_estimates + of_least_squares + of_ppml %}
            ('{{ name }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as name_rows (diagnostic)
),

numbers as (
    select
        fits.study_id,
        fits.spec_id,
        fits.estimator,
        names.diagnostic,
        cast(null as bigint) as group_size,
        case names.diagnostic
            {% for name in sizes + of_estimates + of_least_squares + of_ppml -%}
                when '{{ name }}' then cast(fits.{{ name }} as double precision)
            {% endfor -%}
        end as diagnostic_value
    from {{ ref('est_gravity_fits') }} as fits
    cross join names
    where
        {% for column, of_kind in present.items() -%}
            {{ 'or ' if not loop.first }}(
                fits.{{ column }} is not null
                and names.diagnostic in ('{{ of_kind | join("', '") }}')
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
