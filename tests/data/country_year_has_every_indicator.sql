-- Every indicator of the seed is a column of fct_country_year.
select
    'seeds/inputs/indicators.csv, indicator ' || indicator
    || ': not a column of fct_country_year (rule: every indicator is published)' as complaint
from {{ ref('dim_indicator') }}
where
    indicator not in (
        {% for name in column_names(ref('fct_country_year')) -%}
            '{{ name }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
