-- The gate holds exactly the checks of the registry: none stopped running unseen.
select 'seeds/inputs: check ' || expected.check_id || ' did not run' as complaint
from {{ ref('gate_expected') }} as expected
where
    not exists (
        select 1
        from {{ ref('gate_results') }} as results
        where results.check_id = expected.check_id
    )
union all
select 'seeds/inputs: check ' || results.check_id || ' ran but is not in the registry' as complaint
from {{ ref('gate_results') }} as results
where not exists (
    select 1 from {{ ref('gate_expected') }} as expected
    where expected.check_id = results.check_id
)
