-- Exports of A to B are imports of B from A, and both have one total. Of the last year, which is
-- made as all the others are.
with last_year as (
    select *
    from {{ ref('rpt_answer') }}
    where
        predicted_usd is not null
        and year = (select max(pairs.year) from {{ ref('int_structural__pair_flows') }} as pairs)
)

select
    {{ complaint_of(
        key="own.reporter_iso3 || '-' || own.partner_iso3 || ', ' || own.flow || ', ' || own.year",
        value="own.k_ratio || ', seen from the partner '"
        ~ " || coalesce(cast(seen.k_ratio as varchar), 'missing')",
        rule="'both economies have the same K of a flow'"
    ) }}
from last_year as own
left join last_year as seen
    on
        own.reporter_iso3 = seen.partner_iso3
        and own.partner_iso3 = seen.reporter_iso3
        and case own.flow
            when 'exports' then 'imports' when 'imports' then 'exports' else 'total'
        end
        = seen.flow
where
    not coalesce(
        own.k_ratio = seen.k_ratio
        and own.actual_usd = seen.actual_usd
        and own.predicted_usd = seen.predicted_usd
        and own.k_percentile = seen.k_percentile,
        false
    )
