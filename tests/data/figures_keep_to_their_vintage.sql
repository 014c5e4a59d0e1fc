-- Tells of series that the release before has otherwise, while the vintage of their source stands.
-- Nothing stops: what is published is what the next build is compared with.
{{ config(severity='warn') }}

select
    {{ complaint_of(
        file='file',
        key='series',
        value="change || case when status = 'unreadable' then '' else ' (' || said_by || ')' end",
        rule="'a series of a source whose vintage stands is what the release before has of it'"
    ) }}
from {{ ref('int_quality__series') }}
where status in ('changed', 'gone', 'unreadable')
