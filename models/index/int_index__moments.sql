-- Correlations of the variables of an index over its sample: all that the estimator sees.
with products as (
    {{ centred_products(
        ref('int_index__sample'), ref('int_index__statistics'), ['study_id', 'index_spec_id'], slots(1)
    ) }}
),

product_rows as (
    {{ products_as_rows('products', ['study_id', 'index_spec_id', 'row_count'], slots(1)) }}
)

select
    products.study_id,
    products.index_spec_id,
    row_scaling.variable as row_variable,
    col_scaling.variable as col_variable,
    products.row_count,
    products.moment_value as centred_product,
    -- a constant leaves rounding dirt in its products: its range tells it exactly
    case
        when
            row_scaling.value_max > row_scaling.value_min
            and col_scaling.value_max > col_scaling.value_min
            then
                products.moment_value
                / (sqrt(row_squares.moment_value) * sqrt(col_squares.moment_value))
    end as correlation
from product_rows as products
inner join product_rows as row_squares
    on
        products.study_id = row_squares.study_id
        and products.index_spec_id = row_squares.index_spec_id
        and products.row_slot = row_squares.row_slot
        and row_squares.row_slot = row_squares.col_slot
inner join product_rows as col_squares
    on
        products.study_id = col_squares.study_id
        and products.index_spec_id = col_squares.index_spec_id
        and products.col_slot = col_squares.row_slot
        and col_squares.row_slot = col_squares.col_slot
inner join {{ ref('int_index__scaling') }} as row_scaling
    on
        products.study_id = row_scaling.study_id
        and products.index_spec_id = row_scaling.index_spec_id
        and products.row_slot = row_scaling.position
inner join {{ ref('int_index__scaling') }} as col_scaling
    on
        products.study_id = col_scaling.study_id
        and products.index_spec_id = col_scaling.index_spec_id
        and products.col_slot = col_scaling.position
