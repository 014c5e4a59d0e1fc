-- Every number of the models, from the three steps that compute them; the item says what it is.
{% for step in [ref('est_gravity'), ref('est_gravity_inference'), ref('est_gravity_ppml')] -%}
    select
        study_id,
        spec_id,
        estimator,
        covariance,
        correction,
        item,
        name,
        col_name,
        group_size,
        time_key,
        status,
        nullif(reason, '') as reason,
        value,
        std_error,
        statistic,
        df,
        df_denominator,
        p_value,
        ci_low,
        ci_high
    from {{ step }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
