-- A study of a panel answers by the rows of its default specification; the complaint tells where
-- they went.
with runs as (
    select
        studies.study_id,
        studies.default_spec_id,
        runs.index_spec_id
    from {{ ref('stg_study__studies') }} as studies
    inner join {{ ref('int_panel__runs') }} as runs
        on
            studies.study_id = runs.study_id
            and studies.default_spec_id = runs.spec_id
),

candidates as (
    select
        runs.study_id,
        0 as position,
        'reporter-partner-years' as what,
        rows_in.lost_step,
        rows_in.lost_reason
    from runs
    inner join {{ ref('int_gravity__candidates') }} as rows_in
        on
            runs.study_id = rows_in.study_id
            and runs.default_spec_id = rows_in.spec_id
    union all
    -- what the index lost is lost to every specification that takes it
    select
        runs.study_id,
        1 as position,
        'country-years of index ' || runs.index_spec_id as what,
        rows_in.lost_step,
        rows_in.lost_reason
    from runs
    inner join {{ ref('int_index__candidates') }} as rows_in
        on
            runs.study_id = rows_in.study_id
            and runs.index_spec_id = rows_in.index_spec_id
),

counted as (
    select
        study_id,
        position,
        what,
        lost_step,
        lost_reason,
        count(*) as row_count
    from candidates
    group by study_id, position, what, lost_step, lost_reason
),

added as (
    select
        *,
        sum(row_count) over (partition by study_id, position) as rows_in,
        sum(row_count) over (partition by study_id, position, lost_step) as rows_of_step,
        sum(case when lost_step is null then row_count else 0 end)
            over (partition by study_id, position) as kept
    from counted
),

ranked as (
    select
        *,
        row_number() over (
            partition by study_id, position
            order by
                case when lost_step is null then 1 else 0 end asc,
                rows_of_step desc,
                lost_step asc,
                row_count desc,
                lost_reason asc
        ) as loss_rank
    from added
),

told as (
    select
        study_id,
        {{ text_list(
            "kept || ' of ' || rows_in || ' ' || what || ' kept, ' || rows_of_step || ' lost at ' "
            ~ "|| lost_step || ' (' || lost_reason || ', ' || row_count || ' rows)'",
            'position'
        ) }} as losses
    from ranked
    where loss_rank = 1 and lost_step is not null
    group by study_id
)

select
    {{ complaint(
        ref('stg_study__studies'), 'default_spec_id', "described",
        'a study has a row in the sample of its default specification'
    ) }}
from (
    select
        studies.*,
        studies.study_id || ', ' || studies.default_spec_id || ': '
        || coalesce(
            told.losses,
            case
                when studies.reporter_scope = 'one' and studies.partner_scope = 'listed'
                    then 'no partner is listed in study_partners'
                else
                    'no pair of its countries has a flow in '
                    || case studies.trade_source
                        when 'baci' then 'world_trade'
                        when 'own' then 'own_outcomes'
                        else 'trade_flows'
                    end || ' in '
                    || studies.first_year || '-' || studies.last_year
            end
        ) as described
    from runs
    inner join {{ ref('stg_study__studies') }} as studies
        on runs.study_id = studies.study_id
    left join told
        on studies.study_id = told.study_id
    where
        not exists (
            select 1
            from candidates
            where
                candidates.study_id = runs.study_id
                and candidates.position = 0
                and candidates.lost_step is null
        )
) as without_rows
order by {{ complaint_order() }}
