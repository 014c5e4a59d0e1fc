-- Whether a class stands under every admissible specification, and which choice moves it: of the
-- variance of whether a specification gives the class of the default one. Two kinds, log gravity of
-- one reporter and world trade, each with choices of its own.
-- Means are of rows in one order, so that their last digits are the same in every build.
{% set of_dimension -%}
    partition by study_id, partner_iso3, year, dimension {{ all_rows('choice') }}
{%- endset -%}
with studies as (
    select distinct study_id
    from {{ ref('stg_multiverse__specification_choices') }}
),

potential as (
    select
        own.study_id,
        own.spec_id,
        own.reporter_iso3,
        own.partner_iso3,
        own.potential_class,
        own.year
    from {{ ref('fct_trade_potential') }} as own
    inner join studies
        on own.study_id = studies.study_id
    where own.is_default
),

options as (
    select
        potential.study_id,
        potential.partner_iso3,
        potential.year,
        multiverse.dimension,
        multiverse.choice,
        multiverse.status,
        multiverse.specification_count,
        multiverse.switched_share,
        {{ of_own_class('potential.potential_class', 'multiverse', '', '_share') }} as same_share
    from potential
    inner join {{ ref('fct_multiverse') }} as multiverse
        on
            potential.study_id = multiverse.study_id
            and potential.partner_iso3 = multiverse.partner_iso3
            and potential.year = multiverse.year
),

centred as (
    select
        study_id,
        partner_iso3,
        year,
        dimension,
        choice,
        status,
        specification_count,
        switched_share,
        same_share,
        avg(same_share) over ({{ of_dimension }}) as share_same_class
    from options
),

spread as (
    select
        study_id,
        partner_iso3,
        year,
        dimension,
        status,
        specification_count,
        share_same_class,
        avg((same_share - share_same_class) * (same_share - share_same_class))
            over ({{ of_dimension }}) as explained,
        -- two options drawn alike differ in twice the variance
        avg(switched_share) over ({{ of_dimension }}) / 2 as unexplained
    from centred
),

dimensions as (
    select
        study_id,
        partner_iso3,
        year,
        dimension,
        min(status) as status,
        sum(specification_count) as specification_count,
        min(share_same_class) as share_same_class,
        min(share_same_class) * (1 - min(share_same_class)) as variance,
        min(explained) as explained,
        min(unexplained) as unexplained
    from spread
    group by study_id, partner_iso3, year, dimension
),

first_places as (
    {{ most_influential(
        'dimensions',
        by=['study_id', 'partner_iso3', 'year'],
        columns=['status', 'specification_count', 'share_same_class']
    ) }}
),

sides as (
    select sides_.side
    from (values ('exports'), ('imports')) as sides_ (side)
),

robustness as (
    select
        'log_gravity' as kind,
        potential.study_id,
        potential.spec_id,
        potential.reporter_iso3,
        potential.partner_iso3,
        potential.potential_class,
        first_places.most_influential_choice,
        coalesce(first_places.status, 'not_computed') as status,
        'make multiverse stores one year of this study' as lacking_reason,
        potential.year,
        first_places.specification_count,
        first_places.share_same_class,
        first_places.first_order_share,
        first_places.total_share
    from potential
    left join first_places
        on
            potential.study_id = first_places.study_id
            and potential.partner_iso3 = first_places.partner_iso3
            and potential.year = first_places.year
    union all
    select
        'world' as kind,
        world.study_id,
        world.spec_id,
        case sides.side when 'exports' then world.exporter_iso3 else world.importer_iso3 end
            as reporter_iso3,
        case sides.side when 'exports' then world.importer_iso3 else world.exporter_iso3 end
            as partner_iso3,
        world.potential_class,
        world.most_influential_choice,
        world.status,
        'a smaller pair than make multiverse stores' as lacking_reason,
        world.year,
        world.specification_count,
        world.share_same_class,
        world.first_order_share,
        world.total_share
    from {{ ref('int_multiverse__world') }} as world
    cross join sides
)

select
    kind,
    study_id,
    spec_id,
    reporter_iso3,
    partner_iso3,
    potential_class,
    most_influential_choice,
    status,
    case status
        when 'not_computed' then lacking_reason
        when 'stale' then 'figures, choices or code have changed since: make multiverse'
    end as reason,
    year,
    cast(specification_count as integer) as specification_count,
    share_same_class,
    first_order_share,
    total_share,
    cast({{ robust_share() }} as double precision) as robust_least_share,
    -- a share of whole specifications: what is beyond the twelfth digit is rounding
    {{ rounded('share_same_class', 12) }} >= {{ robust_share() }} as is_robust
from robustness
