-- Positions of terms run from 1 without a gap and fit the slots v1 .. v<max_terms>.
with terms as (
    select
        'seeds/study/index_terms.csv' as file,
        index_spec_id as spec_id,
        position
    from {{ ref('stg_study__index_terms') }}
    union all
    select
        'seeds/study/gravity_terms.csv' as file,
        spec_id,
        position
    from {{ ref('stg_study__gravity_terms') }}
)

select
    file || ', specification ' || spec_id || ': positions '
    || min(position) || ' to ' || max(position) || ' for ' || count(*)
    || ' terms (rule: 1, 2, ... without a gap, at most {{ max_terms() }})' as complaint
from terms
group by file, spec_id
having
    min(position) <> 1
    or max(position) <> count(*)
    or count(distinct position) <> count(*)
    or max(position) > {{ max_terms() }}
