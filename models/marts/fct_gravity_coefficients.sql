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
    fits.n_obs,
    fits.n_entities,
    case when coefficients.df is null then 'normal' else 't' end as distribution
from {{ ref('est_gravity_coefficients') }} as coefficients
inner join {{ ref('est_gravity_fits') }} as fits
    on
        coefficients.study_id = fits.study_id
        and coefficients.spec_id = fits.spec_id
        and coefficients.estimator = fits.estimator
where {{ audit_agrees() }}
