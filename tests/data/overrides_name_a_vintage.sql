-- A vintage override names a vintage that is held.
select
    {{ complaint_of(
        file='overrides.file_name', line='overrides.file_line',
        key="overrides.spec_kind || ', ' || overrides.spec_id || ', ' || overrides.indicator_code",
        column="'vintage_date'",
        value="overrides.indicator_code || ' ' || cast(overrides.vintage_date as varchar)",
        rule=sql_text('the vintage is a row of ' ~ input_label('observation_vintages'))
    ) }}
from {{ ref('stg_study__vintage_overrides') }} as overrides
left join {{ ref('stg_inputs__observation_vintages') }} as vintages
    on
        overrides.indicator_code = vintages.indicator_code
        and overrides.vintage_date = vintages.vintage_date
where vintages.indicator_code is null
