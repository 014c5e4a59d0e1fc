-- All rows of a specification, or whole pairs by the hash of their codes up to the limit: Python
-- never reads more, and a pair keeps its years.
with pairs as (
    select
        study_id,
        spec_id,
        pair_id,
        count(*) as row_count
    from {{ ref('int_gravity__sample') }}
    group by study_id, spec_id, pair_id
),

counted as (
    select
        study_id,
        spec_id,
        pair_id,
        sum(row_count) over (partition by study_id, spec_id) as full_row_count,
        sum(row_count) over (
            partition by study_id, spec_id
            order by md5(pair_id), pair_id
            rows between unbounded preceding and current row
        ) as row_count_so_far
    from pairs
)

select
    rows_.study_id,
    rows_.spec_id,
    rows_.pair_id,
    rows_.year,
    {% for k in slots() -%}
        rows_.v{{ k }},
    {% endfor -%}
    cast(counted.full_row_count as bigint) as full_row_count
from {{ ref('int_gravity__sample') }} as rows_
inner join counted
    on
        rows_.study_id = counted.study_id
        and rows_.spec_id = counted.spec_id
        and rows_.pair_id = counted.pair_id
where counted.row_count_so_far <= {{ whole_number('audit_max_rows') }}
