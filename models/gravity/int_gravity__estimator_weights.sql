-- What an estimator does to a pair with so many years: its weight between, and the share theta
-- of its mean that is taken out of each row.
select
    study_id,
    spec_id,
    estimator,
    cast(group_size as bigint) as group_size,
    max(case when item = 'between_weight' then value end) as between_weight,
    max(case when item = 'theta' then value end) as theta
from {{ ref('est_gravity') }}
where item in ('between_weight', 'theta')
group by study_id, spec_id, estimator, group_size
order by study_id, spec_id, estimator, group_size   -- sums over joined rows keep one order
