-- Meat of the clustered covariance: sum over pairs of products of scores, slot 0 the constant.
with weights as (
    select
        study_id,
        spec_id,
        estimator,
        cast(group_size as bigint) as group_size,
        value as between_weight
    from {{ ref('est_gravity') }}
    where item = 'between_weight'
),

meat as (
    {{ clustered_meat(
        ref('int_gravity__pair_means'), ref('int_gravity__pair_products'), ref('int_gravity__grand_means'),
        ref('int_gravity__coefficients'), 'weights', ['study_id', 'spec_id'], 'partner_iso3', slots()
    ) }}
)

select
    study_id,
    spec_id,
    estimator,
    row_slot,
    col_slot,
    moment_value as meat_value
from meat
