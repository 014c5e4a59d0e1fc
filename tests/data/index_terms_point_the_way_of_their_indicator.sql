-- A term of an index counts the way its indicator says: what is worse the higher it is enters with
-- the other sign.
select
    {{ complaint(
        ref('stg_study__index_terms'), 'direction_sign', 'described',
        'the sign is 1 where higher is more developed, -1 where lower is'
    ) }}
from (
    select
        terms.*,
        terms.index_spec_id || ', ' || terms.variable || ', ' || terms.direction_sign || ': '
        || indicators.direction as described
    from {{ ref('stg_study__index_terms') }} as terms
    inner join {{ ref('stg_study__variables') }} as variables
        on terms.variable = variables.variable
    inner join {{ ref('stg_inputs__indicators') }} as indicators
        on variables.indicator_code = indicators.indicator_code
    where
        (indicators.direction = 'higher is more developed' and terms.direction_sign = -1)
        or (indicators.direction = 'lower is more developed' and terms.direction_sign = 1)
) as terms
order by {{ complaint_order() }}
