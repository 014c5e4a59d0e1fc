-- Economies that BACI lists in a year, as an exporter or an importer.
select
    exporter_code as country_code,
    year
from {{ ref('gate_world_trade') }}
union
select
    importer_code as country_code,
    year
from {{ ref('gate_world_trade') }}
