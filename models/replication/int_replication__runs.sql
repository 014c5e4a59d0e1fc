-- The replications whose specifications run here, and which of the series that they read are not
-- those that the printed figures were compared with.
with series as (
    select
        coalesce(found.replication_id, recorded.replication_id) as replication_id,
        coalesce(found.series, recorded.series)
        || ' of ' || coalesce(found.series_of, recorded.series_of) as other_series,
        -- engines add in another order: of some 2,000 rows that is less than 1e-12
        coalesce(
            found.row_count = recorded.row_count
            and abs(found.fingerprint - recorded.fingerprint) <= 1e-11 * abs(recorded.fingerprint),
            false
        ) as is_recorded
    from {{ ref('int_replication__figures') }} as found
    full outer join {{ ref('stg_published__replication_figures') }} as recorded
        on
            found.replication_id = recorded.replication_id
            and found.series_kind = recorded.series_kind
            and found.series_of = recorded.series_of
            and found.series = recorded.series
),

changed as (
    select distinct
        replication_id,
        other_series
    from series
    where not is_recorded
),

others as (
    select
        replication_id,
        {{ text_list('other_series', 'other_series') }} as other_series
    from changed
    group by replication_id
)

select
    runs.replication_id,
    runs.study_id,
    runs.index_spec_id,
    runs.spec_id,
    runs.estimator,
    runs.covariance,
    runs.k_study_id,
    runs.k_spec_id,
    runs.k_estimator,
    others.other_series,
    others.replication_id is null as is_comparable
from {{ ref('stg_study__replications') }} as runs
inner join {{ ref('int_panel__study_specs') }} as indices
    on
        indices.spec_kind = 'index'
        and runs.study_id = indices.study_id
        and runs.index_spec_id = indices.spec_id
inner join {{ ref('int_panel__study_specs') }} as models
    on
        models.spec_kind = 'gravity'
        and runs.study_id = models.study_id
        and runs.spec_id = models.spec_id
inner join {{ ref('int_panel__study_specs') }} as potential
    on
        potential.spec_kind = 'gravity'
        and runs.k_study_id = potential.study_id
        and runs.k_spec_id = potential.spec_id
left join others
    on runs.replication_id = others.replication_id
