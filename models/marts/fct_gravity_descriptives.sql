with sample as (
    {% for k in slots() -%}
        select
            study_id,
            spec_id,
            {{ k }} as position,
            v{{ k }} as term_value
        from {{ ref('int_gravity__sample') }}
        {% if not loop.last %}union all{% endif %}
    {% endfor -%}
)

select
    sample.study_id,
    sample.spec_id,
    cast(sample.position as integer) as position,
    cast(count(sample.term_value) as integer) as n_obs,
    coalesce(terms.term, 'outcome') as term,
    avg(sample.term_value) as value_mean,
    stddev_samp(sample.term_value) as value_sd,
    min(sample.term_value) as value_min,
    max(sample.term_value) as value_max
from sample
left join {{ ref('stg_study__gravity_terms') }} as terms
    on
        sample.spec_id = terms.spec_id
        and sample.position = terms.position
where sample.term_value is not null
group by sample.study_id, sample.spec_id, terms.term, sample.position
