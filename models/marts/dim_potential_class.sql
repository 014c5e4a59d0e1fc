-- What a class says follows from its bounds.
select
    potential_class,
    class_label,
    display_order,
    k_lower,
    k_upper,
    is_lower_inclusive,
    is_upper_inclusive,
    'Actual trade is '
    || coalesce(
        case when is_lower_inclusive then 'at least ' else 'more than ' end
        || {{ bound_text('k_lower') }},
        ''
    )
    || case when k_lower is not null and k_upper is not null then ' and ' else '' end
    || coalesce(
        case when is_upper_inclusive then 'at most ' else 'less than ' end
        || {{ bound_text('k_upper') }},
        ''
    )
    || case when k_lower is null and k_upper is null then 'any share' else '' end
    || ' of what the model predicts.' as meaning
from {{ ref('stg_study__potential_classes') }}
where {{ gate_is_open() }}
