-- Tells which replications are not compared with the print, because their figures are others.
{{ config(severity='warn') }}

select
    {{ complaint_of(
        key='replication_id', value="'not compared with the print: ' || other_series",
        rule=sql_text('the series are those of ' ~ input_label('replication_figures'))
    ) }}
from {{ ref('int_replication__runs') }}
where not is_comparable
