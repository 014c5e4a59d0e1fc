-- Positions of terms run from 1 without a gap and fit the slots v1 .. v<max_terms>.
with terms as (
    select
        file_name,
        index_spec_id as spec_id,
        position
    from {{ ref('stg_study__index_terms') }}
    union all
    select
        file_name,
        spec_id,
        position
    from {{ ref('stg_study__gravity_terms') }}
)

select
    {{ complaint_of(
        file='file_name', key='spec_id', column="'position'",
        value="min(position) || ' to ' || max(position) || ' for ' || count(*) || ' terms'",
        rule=sql_text('1, 2, ... without a gap, at most ' ~ max_terms() ~ ', or the var max_terms is larger')
    ) }}
from terms
group by file_name, spec_id
having
    min(position) <> 1
    or max(position) <> count(*)
    or count(distinct position) <> count(*)
    or max(position) > {{ max_terms() }}
