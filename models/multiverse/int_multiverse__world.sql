-- Whether the class of a total of two economies stands under every specification of world trade,
-- from stored whole numbers: of the last year of the study, where figures and code are those of
-- this build. The pair stands once, in the order of the alphabet.
with rests as (
    select
        runs.study_id,
        max(case when digests.study_id is null then 0 else 1 end) = 1 as is_current
    from {{ ref('stg_multiverse__multiverse_runs') }} as runs
    left join {{ ref('est_multiverse_digests') }} as digests
        on
            runs.study_id = digests.study_id
            and runs.input_digest = digests.input_digest
            and runs.code_digest = digests.code_digest
            and runs.sql_digest = '{{ world_sql() }}'
    group by runs.study_id
),

dimensions as (
    select
        study_id,
        dimension,
        cast(count(*) as double precision) as option_count
    from {{ ref('stg_multiverse__specification_choices') }}
    group by study_id, dimension
),

chosen as (
    select distinct study_id
    from dimensions
),

classed as (
    select
        flows.study_id,
        flows.spec_id,
        flows.exporter_iso3,
        flows.importer_iso3,
        flows.potential_class,
        flows.year
    from {{ ref('int_structural__flows') }} as flows
    inner join {{ ref('int_structural__runs') }} as runs
        on
            flows.study_id = runs.study_id
            and flows.spec_id = runs.spec_id
            and runs.is_default
            and flows.year = runs.last_year
    inner join chosen
        on flows.study_id = chosen.study_id
    where flows.flow = 'total' and flows.potential_class is not null
),

stored as (
    select
        classed.study_id,
        classed.spec_id,
        classed.exporter_iso3,
        classed.importer_iso3,
        classed.potential_class,
        classed.year,
        coalesce(rests.is_current, false) as is_current,
        shares.first_iso3 is not null as is_stored,
        case when rests.is_current then shares.n_specifications end as specification_count,
        case classed.potential_class
            when 'huge_potential' then shares.n_huge
            when 'potential_expansion' then shares.n_expansion
            when 'potential_reshaping' then shares.n_reshaping
        end as same_count,
    {% for name in world_dimensions() -%}
        shares.{{ name }}_squares,
        shares.{{ name }}_switched
        {{- ',' if not loop.last }}
    {% endfor %}
    from classed
    left join rests
        on classed.study_id = rests.study_id
    left join {{ ref('stg_multiverse__pair_shares') }} as shares
        on
            classed.study_id = shares.study_id
            and classed.exporter_iso3 = shares.first_iso3
            and classed.importer_iso3 = shares.second_iso3
            and classed.year = shares.year
),

counted as (
    select
        stored.study_id,
        stored.exporter_iso3,
        stored.importer_iso3,
        stored.year,
        dimensions.dimension,
        dimensions.option_count,
        cast(stored.specification_count as double precision) as specifications,
        cast(stored.same_count as double precision) / stored.specification_count as same_share,
        cast(
            case dimensions.dimension
                {% for name in world_dimensions() -%}
                    when '{{ name }}' then stored.{{ name }}_squares
                {% endfor -%}
            end
            as double precision
        ) as squares,
        cast(
            case dimensions.dimension
                {% for name in world_dimensions() -%}
                    when '{{ name }}' then stored.{{ name }}_switched
                {% endfor -%}
            end
            as double precision
        ) as switched
    from stored
    inner join dimensions
        on stored.study_id = dimensions.study_id
    where stored.is_stored and stored.is_current
),

shares_of as (
    select
        study_id,
        exporter_iso3,
        importer_iso3,
        year,
        dimension,
        same_share,
        same_share * (1 - same_share) as variance,
        option_count * squares / (specifications * specifications)
        - same_share * same_share as explained,
        switched / (2 * option_count * specifications) as unexplained
    from counted
),

-- digits beyond the twelfth would choose among equals
ranked as (
    select
        study_id,
        exporter_iso3,
        importer_iso3,
        year,
        dimension,
        same_share,
        variance,
        explained,
        unexplained,
        row_number() over (
            partition by study_id, exporter_iso3, importer_iso3, year
            order by {{ rounded('unexplained', 12) }} desc, dimension
        ) as place
    from shares_of
)

select
    stored.study_id,
    stored.spec_id,
    stored.exporter_iso3,
    stored.importer_iso3,
    stored.potential_class,
    stored.year,
    ranked.same_share as share_same_class,
    case when ranked.variance > 0 then ranked.dimension end as most_influential_choice,
    case
        when not stored.is_stored then 'not_computed'
        when stored.is_current then 'ok'
        else 'stale'
    end as status,
    case when stored.is_stored then stored.specification_count end as specification_count,
    case when ranked.variance > 0 then ranked.explained / ranked.variance end as first_order_share,
    case when ranked.variance > 0 then ranked.unexplained / ranked.variance end as total_share
from stored
left join ranked
    on
        stored.study_id = ranked.study_id
        and stored.exporter_iso3 = ranked.exporter_iso3
        and stored.importer_iso3 = ranked.importer_iso3
        and stored.year = ranked.year
        and ranked.place = 1
