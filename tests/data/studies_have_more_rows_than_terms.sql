-- As many rows as coefficients fit every sample, and leave nothing to tell of it.
with sizes as (
    select
        candidates.study_id,
        candidates.spec_id,
        count(*) as row_count
    from {{ ref('int_gravity__candidates') }} as candidates
    where candidates.lost_step is null
    group by candidates.study_id, candidates.spec_id
),

terms as (
    select
        spec_id,
        count(*) as term_count
    from {{ ref('stg_study__gravity_terms') }}
    group by spec_id
)

select
    {{ complaint(
        ref('stg_study__studies'), 'default_spec_id', "described",
        'the sample of a default specification has more rows than coefficients'
    ) }}
from (
    select
        studies.*,
        studies.study_id || ', ' || studies.default_spec_id || ': ' || sizes.row_count
        || ' rows for ' || terms.term_count || ' terms and a constant' as described
    from {{ ref('stg_study__studies') }} as studies
    inner join sizes
        on
            studies.study_id = sizes.study_id
            and studies.default_spec_id = sizes.spec_id
    inner join terms
        on studies.default_spec_id = terms.spec_id
    where sizes.row_count <= terms.term_count + 1
) as small
order by {{ complaint_order() }}
