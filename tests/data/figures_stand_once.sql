-- The panel takes the figures of two inputs together: one that stands in both would count twice.
select
    {{ complaint_of(
        file=sql_text(input_label('world_observations')), line='older.file_line',
        key="older.indicator_code || ', ' || older.country_code || ', ' || older.year"
        ~ " || ', ' || older.vintage_date",
        column="'vintage_date'", value="cast(older.vintage_date as varchar)",
        rule=sql_text('the figure of the vintage stands nowhere in ' ~ input_label('observations'))
    ) }}
from {{ ref('stg_inputs__world_observations') }} as older
inner join {{ ref('stg_inputs__observations') }} as figures
    on
        older.indicator_code = figures.indicator_code
        and older.country_code = figures.country_code
        and older.year = figures.year
        and older.vintage_date = figures.vintage_date
