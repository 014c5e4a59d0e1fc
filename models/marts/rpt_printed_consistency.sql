-- Do the printed tables agree with each other? Each check recomputes a printed figure from other
-- printed figures; `allowed` is what their rounding can make, to first order.
with figures as (
    select
        exhibit,
        row_label,
        column_label,
        printed_value,
        rounding
    from {{ ref('int_replication__printed') }}
    where printed_value is not null
),

index_cells as (
    -- the regression takes 1e-7 for an index of 0
    select greatest(printed_value, 1e-7) as index_value
    from figures
    where exhibit = 'index'
),

-- In a fixed order, by a window that every engine has: the last digit must not depend on the order
-- of the rows of a seed.
index_sums as (
    select
        index_value,
        avg(index_value) over ({{ all_rows('index_value') }}) as index_mean,
        stddev_samp(index_value) over ({{ all_rows('index_value') }}) as index_sd
    from index_cells
),

weight_sums as (
    select
        sum(printed_value) over ({{ all_rows('printed_value') }}) as weight_sum,
        sum(rounding) over ({{ all_rows('rounding') }}) as rounding_sum
    from figures
    where row_label like 'component_weight%'
),

index_moments as (
    select
        cast(count(*) as double precision) as n_obs,
        max(index_mean) as index_mean,
        max(index_sd) as index_sd,
        min(index_value) as index_min,
        max(index_value) as index_max
    from index_sums
),

models as (
    select
        row_label,
        {% for column in ['coefficient', 'standard_error', 't_statistic', 'ci_low', 'ci_high'] -%}
            max(case when column_label = '{{ column }}' then printed_value end) as {{ column }},
        {% endfor -%}
        max(case when column_label = 'coefficient' then rounding end) as rounding
    from figures
    where exhibit = 'random_effects' and row_label <> 'r_squared'
    group by row_label
),

hausman as (
    select
        row_label,
        {% for column in ['fixed', 'random', 'difference'] -%}
            max(case when column_label = '{{ column }}' then printed_value end) as {{ column }},
        {% endfor -%}
        max(rounding) as rounding
    from figures
    where exhibit = 'hausman'
    group by row_label
),

checks as (
    {% for column, moment in {
        'n_obs': 'n_obs', 'mean': 'index_mean', 'sd': 'index_sd', 'min': 'index_min', 'max': 'index_max',
    }.items() -%}
        select
            'index_and_descriptives' as check_name,
            figures.exhibit,
            figures.row_label,
            figures.column_label,
            'the same of the 40 printed cells of the index' as claim,
            figures.printed_value,
            index_moments.{{ moment }} as recomputed_value,
            case
                when figures.column_label in ('n_obs', 'min') then figures.rounding
                else figures.rounding + 0.0005
            end as allowed
        from figures
        cross join index_moments
        where
            figures.exhibit = 'descriptives'
            and figures.row_label = 'cbec'
            and figures.column_label = '{{ column }}'

        union all
    {% endfor -%}
    select
        'coefficient_in_both_tables' as check_name,
        'hausman' as exhibit,
        hausman.row_label,
        'random' as column_label,
        'coefficient of the table of random effects' as claim,
        hausman.random as printed_value,
        models.coefficient as recomputed_value,
        2 * hausman.rounding as allowed
    from hausman
    inner join models
        on hausman.row_label = models.row_label

    union all

    select
        'difference_of_coefficients' as check_name,
        'hausman' as exhibit,
        row_label,
        'difference' as column_label,
        'fixed - random' as claim,
        difference as printed_value,
        fixed - random as recomputed_value,
        3 * rounding as allowed
    from hausman

    union all

    -- printed with two decimals and a zero behind them
    select
        't_is_coefficient_over_error' as check_name,
        'random_effects' as exhibit,
        row_label,
        't_statistic' as column_label,
        'coefficient / standard error' as claim,
        t_statistic as printed_value,
        coefficient / standard_error as recomputed_value,
        0.005 + rounding * (1 + abs(coefficient / standard_error)) / standard_error as allowed
    from models

    union all

    {% for column, side in {'ci_low': '-', 'ci_high': '+'}.items() -%}
        select
            'interval_is_normal' as check_name,
            'random_effects' as exhibit,
            row_label,
            '{{ column }}' as column_label,
            'coefficient {{ side }} 1.959964 x standard error' as claim,
            {{ column }} as printed_value,
            coefficient {{ side }} 1.959964 * standard_error as recomputed_value,
            (2 + 1.959964) * rounding as allowed
        from models

        union all
    {% endfor -%}
    select
        'weights_sum_to_1' as check_name,
        'index_diagnostics' as exhibit,
        'component_weight' as row_label,
        'value' as column_label,
        'the weights of the components sum to 1' as claim,
        1.0 as printed_value,
        max(weight_sum) as recomputed_value,
        max(rounding_sum) as allowed
    from weight_sums
    having count(*) > 0

    union all

    -- exp(residual) of a log model is positive
    select
        'k_is_positive' as check_name,
        'k' as exhibit,
        row_label,
        column_label,
        'K of the log model that the text describes is positive' as claim,
        printed_value,
        greatest(printed_value, 0) as recomputed_value,
        0.0 as allowed
    from figures
    where exhibit = 'k'
)

select
    check_name,
    exhibit,
    row_label,
    column_label,
    claim,
    printed_value,
    recomputed_value,
    allowed,
    recomputed_value - printed_value as difference,
    abs(recomputed_value - printed_value) <= allowed * (1 + 1e-9) as is_consistent
from checks
where {{ gate_is_open() }}
