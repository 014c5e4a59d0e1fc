-- Covariance of the coefficients of one estimator in slots, for the interval of its prediction:
-- clustered by partner, or classical where there are no more partners than coefficients.
with covariances as (
    select
        study_id,
        spec_id,
        estimator,
        covariance,
        item,
        status,
        name,
        col_name,
        value
    from {{ ref('int_gravity__inference') }}
    where item in ('covariance', 'critical_value')
),

chosen as (
    select
        study_id,
        spec_id,
        estimator,
        case
            when max(case when covariance = 'clustered' and status = 'ok' then 1 else 0 end) = 1
                then 'clustered'
            else 'classical'
        end as covariance
    from covariances
    group by study_id, spec_id, estimator
),

term_slots as (
    select
        spec_id,
        term,
        position
    from {{ ref('stg_study__gravity_terms') }}
    union all
    select
        spec_id,
        'const' as term,
        0 as position
    from {{ ref('stg_study__gravity_specifications') }}
)

select
    chosen.study_id,
    chosen.spec_id,
    chosen.estimator,
    chosen.covariance,
    {% for i in slots() -%}
        {% for j in slots() if j >= i -%}
            max(
                case
                    when row_slots.position = {{ i }} and col_slots.position = {{ j }}
                        then covariances.value
                end
            ) as c_{{ i }}_{{ j }},
        {% endfor -%}
    {% endfor -%}
    max(case when covariances.item = 'critical_value' then covariances.value end) as critical_value
from chosen
inner join covariances
    on
        chosen.study_id = covariances.study_id
        and chosen.spec_id = covariances.spec_id
        and chosen.estimator = covariances.estimator
        and chosen.covariance = covariances.covariance
left join term_slots as row_slots
    on
        covariances.spec_id = row_slots.spec_id
        and covariances.name = row_slots.term
left join term_slots as col_slots
    on
        covariances.spec_id = col_slots.spec_id
        and covariances.col_name = col_slots.term
group by chosen.study_id, chosen.spec_id, chosen.estimator, chosen.covariance
