{% macro years_of_studies(studies) -%}
    select distinct
        studies.study_id,
        studies.first_year + 10 * tens.digit + ones.digit as year
    from {{ studies }} as studies
    cross join ({{ digits() }}) as tens
    cross join ({{ digits() }}) as ones
    where studies.first_year + 10 * tens.digit + ones.digit <= studies.last_year
{%- endmacro %}


{% macro digits() -%}
    select digits_.digit
    from (
        values {% for digit in range(10) %}({{ digit }}){{ ', ' if not loop.last }}{% endfor %}
    ) as digits_ (digit)
{%- endmacro %}
