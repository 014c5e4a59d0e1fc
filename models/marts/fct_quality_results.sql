select
    cast(check_id as varchar) as check_id,
    cast(suite as varchar) as suite,
    cast(file as varchar) as file,
    cast(expectation as varchar) as expectation,
    cast(column_name as varchar) as column_name,
    cast(rule as varchar) as rule,
    cast(severity as varchar) as severity,
    cast(observed as varchar) as observed,
    cast(limit_value as varchar) as limit_value,
    cast(failing_keys as varchar) as failing_keys,
    cast(rows_checked as integer) as rows_checked,
    cast(rows_total as integer) as rows_total,
    cast(failing_count as integer) as failing_count,
    cast(acknowledged_count as integer) as acknowledged_count,
    cast(new_count as integer) as new_count,
    cast(passed as boolean) as passed
from {{ ref('gate_results') }}
