-- Coefficients with both kinds of standard errors, from the two steps that compute them.
{% for step in [ref('est_gravity'), ref('est_gravity_covariance')] -%}
    select
        study_id,
        spec_id,
        estimator,
        covariance,
        item,
        name,
        col_name,
        status,
        value,
        std_error,
        statistic,
        df,
        p_value,
        ci_low,
        ci_high,
        nullif(reason, '') as reason
    from {{ step }}
    where item in ('coefficient', 'covariance', 'critical_value')
    {% if not loop.last %}union all{% endif %}
{% endfor %}
