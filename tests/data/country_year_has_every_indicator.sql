-- Every indicator of the seed is a column of fct_country_year.
{%- set columns = adapter.get_columns_in_relation(ref('fct_country_year')) | map(attribute='name') | list %}

select
    'seeds/inputs/indicators.csv, indicator ' || indicator
    || ': not a column of fct_country_year (rule: every indicator is published)' as complaint
from {{ ref('dim_indicator') }}
where indicator not in ({% for column in columns %}'{{ column }}'{{ ', ' if not loop.last }}{% endfor %})
