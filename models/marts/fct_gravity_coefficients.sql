select
    coefficients.study_id,
    coefficients.spec_id,
    coefficients.estimator,
    coefficients.covariance,
    coefficients.term,
    fits.status as estimator_status,
    coefficients.term_status,
    coefficients.reason,
    coefficients.correction,
    coefficients.coefficient,
    coefficients.coefficient_se,
    coefficients.statistic,
    coefficients.df,
    coefficients.p_value,
    coefficients.coefficient_ci_low,
    coefficients.coefficient_ci_high,
    cast(fits.n_obs as integer) as n_obs,
    cast(fits.n_entities as integer) as n_entities,
    case when coefficients.df is null then 'normal' else 't' end as distribution
from {{ ref('est_gravity_coefficients') }} as coefficients
inner join {{ ref('est_gravity_fits') }} as fits
    on
        coefficients.study_id = fits.study_id
        and coefficients.spec_id = fits.spec_id
        and coefficients.estimator = fits.estimator
union all
select
    coefficients.study_id,
    coefficients.spec_id,
    'ppml_structural' as estimator,
    coefficients.covariance,
    coefficients.term,
    fits.status as estimator_status,
    coefficients.term_status,
    coefficients.reason,
    'G/(G-1)' as correction,
    coefficients.coefficient,
    coefficients.std_error as coefficient_se,
    coefficients.statistic,
    cast(null as double precision) as df,
    coefficients.p_value,
    coefficients.ci_low as coefficient_ci_low,
    coefficients.ci_high as coefficient_ci_high,
    cast(fits.n_obs as integer) as n_obs,
    cast(fits.n_pairs as integer) as n_entities,
    'normal' as distribution
from {{ ref('est_structural_coefficients') }} as coefficients
inner join {{ ref('est_structural_fits') }} as fits
    on
        coefficients.study_id = fits.study_id
        and coefficients.spec_id = fits.spec_id
