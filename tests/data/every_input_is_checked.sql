-- The gate has looked at every input and every indicator: nothing stopped being checked unseen.
with expected as (
    select
        place,
        input_name
        || case input_name when 'own_outcomes' then '.value_range.value_usd' else '.row_count' end
            as check_id
    from {{ ref('int_quality__inputs') }}
    union all
    select
        {{ sql_text(input_label('observations')) }} as place,
        'observations.value_range.' || indicator_code as check_id
    from {{ ref('stg_inputs__indicators') }}
)

select
    {{ complaint_of(
        file='place', key='check_id', value="'not checked'",
        rule="'the gate has a result of every input and every indicator'"
    ) }}
from expected
where
    not exists (
        select 1
        from {{ ref('gate_results') }} as results
        where results.check_id = expected.check_id
    )
