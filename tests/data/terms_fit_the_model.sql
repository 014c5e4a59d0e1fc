-- What varies with one country and year is absorbed by the effects of a structural model, and what
-- only it builds (agreements, products of indices) is no variable of a panel.
select
    {{ complaint(
        ref('stg_study__gravity_terms'), 'variable', "described",
        'a structural specification takes variables of the pair, and of derivation in_force and ln_times_indices no other does'
    ) }}
from (
    select
        terms.*,
        specifications.model_kind || ': ' || terms.variable as described
    from {{ ref('stg_study__gravity_terms') }} as terms
    inner join {{ ref('stg_study__gravity_specifications') }} as specifications
        on terms.spec_id = specifications.spec_id
    inner join {{ ref('stg_study__variables') }} as variables
        on terms.variable = variables.variable
    where
        (specifications.model_kind = 'structural' and variables.variable_kind <> 'pair')
        or (specifications.model_kind = 'structural' and variables.derivation = 'times_oil')
        or (
            specifications.model_kind = 'panel'
            and variables.derivation in ('in_force', 'ln_times_indices')
        )
) as misfits
order by {{ complaint_order() }}
