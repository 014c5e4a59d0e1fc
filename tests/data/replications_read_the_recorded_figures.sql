-- Tells which replications are not compared with the print, because their figures are others.
{{ config(severity='warn') }}

select
    replication_id || ': not compared with the print: ' || other_series
    || ' (rule: the series are those of seeds/published/replication_figures.csv)' as complaint
from {{ ref('int_replication__runs') }}
where not is_comparable
