-- How common a class is among the flows of a year that have one.
with counted as (
    select
        study_id,
        flow,
        potential_class,
        year,
        count(*) as flow_count
    from {{ ref('int_structural__flows') }}
    where potential_class is not null
    group by study_id, flow, potential_class, year
)

select
    study_id,
    flow,
    potential_class,
    year,
    cast(flow_count as double precision)
    / sum(flow_count) over (partition by study_id, flow, year) as class_share
from counted
