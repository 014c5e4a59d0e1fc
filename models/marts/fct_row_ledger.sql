select
    study_id,
    'index' as spec_kind,
    index_spec_id as spec_id,
    cast(null as varchar) as reporter_code,
    country_code as partner_code,
    country_iso3 as partner_iso3,
    lost_step as step,
    lost_reason as reason,
    'all' as lost_to,
    year
from {{ ref('int_index__candidates') }}
where lost_step is not null
union all
select
    study_id,
    'gravity' as spec_kind,
    spec_id,
    reporter_code,
    partner_code,
    partner_iso3,
    lost_step as step,
    lost_reason as reason,
    case when lost_reason like '{{ zero_trade() }}%' then 'logarithms' else 'all' end as lost_to,
    year
from {{ ref('int_gravity__candidates') }}
where lost_step is not null
union all
select
    losses.study_id,
    'gravity' as spec_kind,
    losses.spec_id,
    sample.reporter_iso3 as reporter_code,
    sample.partner_iso3 as partner_code,
    sample.partner_iso3,
    losses.step,
    losses.reason,
    losses.estimator as lost_to,
    losses.year
from {{ ref('est_gravity_losses') }} as losses
inner join {{ ref('int_gravity__ppml_sample') }} as sample
    on
        losses.study_id = sample.study_id
        and losses.spec_id = sample.spec_id
        and losses.pair_id = sample.pair_id
        and losses.year = sample.year
union all
select
    economies.study_id,
    'structural' as spec_kind,
    economies.spec_id,
    cast(null as varchar) as reporter_code,
    economies.country_code as partner_code,
    economies.country_iso3 as partner_iso3,
    coalesce(economies.lost_step, 'trade_flow') as step,
    coalesce(
        economies.lost_reason,
        'no ' || case sides.side when 'exporters' then 'exports to' else 'imports from' end
        || ' an economy of the sample'
    ) as reason,
    sides.side as lost_to,
    economies.year
from {{ ref('int_structural__economies') }} as economies
cross join (values ('all'), ('exporters'), ('importers')) as sides (side)
where
    (sides.side = 'all' and economies.lost_step is not null)
    or (
        sides.side = 'exporters' and economies.lost_step is null and not economies.is_exporter
    )
    or (
        sides.side = 'importers' and economies.lost_step is null and not economies.is_importer
    )
union all
select
    study_id,
    'structural' as spec_kind,
    spec_id,
    exporter_iso3 as reporter_code,
    importer_iso3 as partner_code,
    importer_iso3 as partner_iso3,
    'pair_figures' as step,
    lost_reason as reason,
    'pair' as lost_to,
    year
from {{ ref('int_structural__lost_pairs') }}
