-- An exception names a term of its specification; any other would silently do nothing.
select
    'seeds/study/gravity_term_exceptions.csv, line '
    || coalesce(cast(exceptions.file_line as varchar), '?')
    || ', column term: "' || exceptions.term
    || '" (rule: the value is a term of the specification in seeds/study/gravity_terms.csv)'
        as complaint
from {{ ref('stg_study__gravity_term_exceptions') }} as exceptions
left join {{ ref('stg_study__gravity_terms') }} as terms
    on exceptions.spec_id = terms.spec_id and exceptions.term = terms.term
where terms.term is null
