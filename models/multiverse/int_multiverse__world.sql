-- Whether the class of a total of two economies stands under every specification of world trade,
-- from stored whole numbers: of the last year of the study, where figures and code are those of
-- this build. The pair stands once, in the order of the alphabet.
with rests as (
    {{ current_runs(world_sql()) }}
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
        {{ of_own_class('classed.potential_class', 'shares', 'n_') }} as same_count,
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
    {% for counted in ['squares', 'switched'] -%}
        cast(
            case dimensions.dimension
                {% for name in world_dimensions() -%}
                    when '{{ name }}' then stored.{{ name }}_{{ counted }}
                {% endfor -%}
            end
            as double precision
        ) as {{ counted }}
        {{- ',' if not loop.last }}
    {% endfor %}
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

first_places as (
    {{ most_influential(
        'shares_of',
        by=['study_id', 'exporter_iso3', 'importer_iso3', 'year'],
        columns=['same_share']
    ) }}
)

select
    stored.study_id,
    stored.spec_id,
    stored.exporter_iso3,
    stored.importer_iso3,
    stored.potential_class,
    stored.year,
    first_places.same_share as share_same_class,
    first_places.most_influential_choice,
    first_places.first_order_share,
    first_places.total_share,
    case
        when not stored.is_stored then 'not_computed'
        when stored.is_current then 'ok'
        else 'stale'
    end as status,
    case when stored.is_stored then stored.specification_count end as specification_count
from stored
left join first_places
    on
        stored.study_id = first_places.study_id
        and stored.exporter_iso3 = first_places.exporter_iso3
        and stored.importer_iso3 = first_places.importer_iso3
        and stored.year = first_places.year
