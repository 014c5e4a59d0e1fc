-- Covariance of the coefficients of one estimator in slots, for the interval of its prediction:
-- clustered by pair; with no more pairs than coefficients classical, which of PPML would
-- claim variance = mean: robust there.
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
    from {{ ref('int_gravity__estimates') }}
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
            when estimator like 'ppml%' then 'robust'
            else 'classical'
        end as covariance
    from covariances
    group by study_id, spec_id, estimator
)

select
    chosen.study_id,
    chosen.spec_id,
    chosen.estimator,
    chosen.covariance,
    {% for i in design_slots() -%}
        {% for j in design_slots() if j >= i -%}
            max(
                case
                    when row_slots.design_slot = {{ i }} and col_slots.design_slot = {{ j }}
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
left join {{ ref('int_gravity__term_slots') }} as row_slots
    on
        covariances.spec_id = row_slots.spec_id
        and covariances.name = row_slots.coefficient_name
left join {{ ref('int_gravity__term_slots') }} as col_slots
    on
        covariances.spec_id = col_slots.spec_id
        and covariances.col_name = col_slots.coefficient_name
group by chosen.study_id, chosen.spec_id, chosen.estimator, chosen.covariance
