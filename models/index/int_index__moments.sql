-- Correlations of the variables of an index over its complete rows: all that the estimator sees.
with shifted as (
    {{ shifted_rows(
        ref('int_index__complete'), ref('int_index__statistics'), ['study_id', 'index_spec_id'], slots(1)
    ) }}
),

products as (
    {{ centred_products(
        'shifted', ref('int_index__statistics'), ['study_id', 'index_spec_id'], slots(1)
    ) }}
),

product_rows as (
    {{ products_as_rows('products', ['study_id', 'index_spec_id', 'row_count'], slots(1)) }}
),

-- Beside a product those of its two variables with themselves: the rows of either slot hold it.
squared as (
    select
        study_id,
        index_spec_id,
        row_count,
        row_slot,
        col_slot,
        moment_value,
        max(case when row_slot = col_slot then moment_value end)
            over (partition by study_id, index_spec_id, row_slot)
            as row_square,
        max(case when row_slot = col_slot then moment_value end)
            over (partition by study_id, index_spec_id, col_slot)
            as col_square
    from product_rows
)

select
    squared.study_id,
    squared.index_spec_id,
    row_scaling.variable as row_variable,
    col_scaling.variable as col_variable,
    squared.row_count,
    squared.moment_value as centred_product,
    -- a constant leaves rounding dirt in its products: its range tells it exactly
    case
        when
            row_scaling.value_max > row_scaling.value_min
            and col_scaling.value_max > col_scaling.value_min
            then
                squared.moment_value / (sqrt(squared.row_square) * sqrt(squared.col_square))
    end as correlation
from squared
inner join {{ ref('int_index__scaling') }} as row_scaling
    on
        squared.study_id = row_scaling.study_id
        and squared.index_spec_id = row_scaling.index_spec_id
        and squared.row_slot = row_scaling.position
inner join {{ ref('int_index__scaling') }} as col_scaling
    on
        squared.study_id = col_scaling.study_id
        and squared.index_spec_id = col_scaling.index_spec_id
        and squared.col_slot = col_scaling.position
