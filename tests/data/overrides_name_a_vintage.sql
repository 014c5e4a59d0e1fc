-- A vintage override names a vintage that is held.
select
    'seeds/study/vintage_overrides.csv, line '
    || coalesce(cast(overrides.file_line as varchar), '?')
    || ', column vintage_date: ' || overrides.indicator_code || ' ' || overrides.vintage_date
    || ' (rule: the vintage is a row of seeds/inputs/observation_vintages.csv)' as complaint
from {{ ref('stg_study__vintage_overrides') }} as overrides
left join {{ ref('stg_inputs__observation_vintages') }} as vintages
    on
        overrides.indicator_code = vintages.indicator_code
        and overrides.vintage_date = vintages.vintage_date
where vintages.indicator_code is null
