-- All rows of a specification, or whole partners by the hash of their code up to the limit: Python
-- never reads more, and a partner keeps its years.
with partners as (
    select
        study_id,
        spec_id,
        partner_iso3,
        count(*) as row_count
    from {{ ref('int_gravity__sample') }}
    group by study_id, spec_id, partner_iso3
),

counted as (
    select
        study_id,
        spec_id,
        partner_iso3,
        sum(row_count) over (partition by study_id, spec_id) as full_row_count,
        sum(row_count) over (
            partition by study_id, spec_id
            order by md5(partner_iso3), partner_iso3
            rows between unbounded preceding and current row
        ) as row_count_so_far
    from partners
)

select
    rows_.study_id,
    rows_.spec_id,
    rows_.partner_iso3,
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
        and rows_.partner_iso3 = counted.partner_iso3
where counted.row_count_so_far <= {{ whole_number('audit_max_rows', 1, 1000000000) }}
