-- A row cannot have more variables than its index; only z-scores say what a missing one is worth.
select
    {{ complaint(
        ref('stg_study__index_specifications'), 'min_terms', "described",
        'the minimum is at most the number of variables of the index, and is that number unless it is one of z-scores'
    ) }}
from (
    select
        specifications.*,
        specifications.index_spec_id || ', ' || specifications.min_terms || ' of '
        || counted.term_count || ', ' || specifications.normalisation as described
    from {{ ref('stg_study__index_specifications') }} as specifications
    inner join (
        select
            index_spec_id,
            count(*) as term_count
        from {{ ref('stg_study__index_terms') }}
        group by index_spec_id
    ) as counted
        on specifications.index_spec_id = counted.index_spec_id
    where
        specifications.min_terms > counted.term_count
        or (
            specifications.min_terms < counted.term_count
            and specifications.normalisation <> 'zscore'
        )
) as misfits
order by {{ complaint_order() }}
