-- Every indicator of the seed is a column of fct_country_year.
select
    {{ complaint_of(
        file=sql_text(input_label('indicators')), key='indicator_code', column="'indicator'",
        value='indicator', rule="'every indicator is a column of fct_country_year'"
    ) }}
from {{ ref('dim_indicator') }}
where
    indicator not in (
        {% for name in column_names(ref('fct_country_year')) -%}
            '{{ name }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
