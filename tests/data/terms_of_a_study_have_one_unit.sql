-- The specifications of a study stand beside each other, constants and descriptives too; in another
-- unit a variable would look like another figure.
select
    {{ complaint(
        ref('stg_study__gravity_terms'), 'divisor', "described",
        'the specifications of a study divide a variable by the same number'
    ) }}
from (
    select
        terms.*,
        studies.study_id || ', ' || terms.variable || ': '
        || cast(terms.divisor as varchar) || ', in ' || other_terms.spec_id || ' '
        || cast(other_terms.divisor as varchar) as described
    from {{ ref('stg_study__study_specifications') }} as studies
    inner join {{ ref('stg_study__gravity_terms') }} as terms
        on studies.spec_id = terms.spec_id
    inner join {{ ref('stg_study__study_specifications') }} as other_specs
        on studies.study_id = other_specs.study_id
    inner join {{ ref('stg_study__gravity_terms') }} as other_terms
        on
            other_specs.spec_id = other_terms.spec_id
            and terms.variable = other_terms.variable
            and terms.divisor < other_terms.divisor
) as misfits
order by {{ complaint_order() }}
