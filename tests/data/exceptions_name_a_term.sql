-- An exception names a term of its specification; any other would silently do nothing.
select
    {{ complaint_of(
        file='exceptions.file_name', line='exceptions.file_line',
        key="exceptions.spec_id || ', ' || exceptions.term || ', ' || exceptions.country_iso3",
        column="'term'", value='exceptions.term',
        rule=sql_text('the value is a term of the specification in ' ~ input_label('gravity_terms'))
    ) }}
from {{ ref('stg_study__gravity_term_exceptions') }} as exceptions
left join {{ ref('stg_study__gravity_terms') }} as terms
    on exceptions.spec_id = terms.spec_id and exceptions.term = terms.term
where terms.term is null
