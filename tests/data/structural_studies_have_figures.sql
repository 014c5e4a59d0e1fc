-- Years of which nothing is known would be estimated from no cell.
with known as (
    select distinct year
    from {{ ref('stg_inputs__world_trade') }}
)

select
    {{ complaint(
        ref('stg_study__studies'), 'first_year', "described",
        'the years of a structural study are some of which ' ~ input_label('world_trade') ~ ' has figures'
    ) }}
from (
    select
        studies.*,
        studies.study_id || ': ' || studies.first_year || ' to ' || studies.last_year
        || ', figures of ' || bounds.first_known || ' to ' || bounds.last_known as described
    from {{ ref('stg_study__studies') }} as studies
    inner join {{ ref('stg_study__gravity_specifications') }} as specifications
        on
            studies.default_spec_id = specifications.spec_id
            and specifications.model_kind = 'structural'
    cross join (
        select
            min(year) as first_known,
            max(year) as last_known
        from known
    ) as bounds
    where
        not exists (
            select 1
            from known
            where known.year between studies.first_year and studies.last_year
        )
) as without_figures
order by {{ complaint_order() }}
