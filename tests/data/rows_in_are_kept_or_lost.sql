-- Candidates = sample + ledger for every specification; of a structural one both its economies and
-- the pairs of those that are in.
with rows_in as (
    select
        study_id,
        'gravity' as spec_kind,
        count(*) as row_count
    from {{ ref('int_panel__pair_years') }}
    group by study_id
    union all
    select
        study_id,
        'index' as spec_kind,
        count(*) as row_count
    from {{ ref('int_panel__country_years') }}
    group by study_id
),

candidates as (
    select
        studies.study_id,
        studies.spec_kind,
        studies.spec_id,
        rows_in.row_count
    from {{ ref('int_panel__study_specs') }} as studies
    inner join rows_in
        on
            studies.study_id = rows_in.study_id
            and studies.spec_kind = rows_in.spec_kind
    union all
    select
        study_id,
        'structural' as spec_kind,
        spec_id,
        count(*) as row_count
    from {{ ref('int_structural__candidates') }}
    group by study_id, spec_id
    union all
    select
        study_id,
        'structural pair' as spec_kind,
        spec_id,
        sum(exporters * importers - on_both_sides) as row_count
    from (
        select
            study_id,
            spec_id,
            year,
            sum(case when is_exporter then 1 else 0 end) as exporters,
            sum(case when is_importer then 1 else 0 end) as importers,
            sum(case when is_exporter and is_importer then 1 else 0 end) as on_both_sides
        from {{ ref('int_structural__economies') }}
        group by study_id, spec_id, year
    ) as sides
    group by study_id, spec_id
),

outcomes as (
    select
        study_id,
        'index' as spec_kind,
        index_spec_id as spec_id
    from {{ ref('int_index__sample') }}
    union all
    select
        study_id,
        'gravity' as spec_kind,
        spec_id
    from {{ ref('int_gravity__sample') }}
    union all
    select
        study_id,
        spec_kind,
        spec_id
    from {{ ref('fct_row_ledger') }}
    where lost_to in ('all', 'logarithms')
    union all
    select
        study_id,
        'structural' as spec_kind,
        spec_id
    from {{ ref('int_structural__economies') }}
    where lost_step is null
    union all
    select
        study_id,
        'structural pair' as spec_kind,
        spec_id
    from {{ ref('int_structural__cells') }}
    union all
    select
        study_id,
        'structural pair' as spec_kind,
        spec_id
    from {{ ref('fct_row_ledger') }}
    where spec_kind = 'structural' and lost_to = 'pair'
),

counted as (
    select
        study_id,
        spec_kind,
        spec_id,
        count(*) as row_count
    from outcomes
    group by study_id, spec_kind, spec_id
)

select
    {{ complaint_of(
        key="candidates.study_id || ', ' || candidates.spec_kind || ' ' || candidates.spec_id",
        value="candidates.row_count || ' rows in, ' || coalesce(counted.row_count, 0) || ' kept or lost'",
        rule="'rows in = rows kept + rows lost'"
    ) }}
from candidates
left join counted
    on
        candidates.study_id = counted.study_id
        and candidates.spec_kind = counted.spec_kind
        and candidates.spec_id = counted.spec_id
where candidates.row_count <> coalesce(counted.row_count, 0)
