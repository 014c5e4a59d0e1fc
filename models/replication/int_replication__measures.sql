-- The number behind each finding about the study; the finding and its threshold are rows.
{% set printed = "replication_id = 'study_printed'" -%}
with figures as (
    select
        replication_id,
        exhibit,
        row_label,
        column_label,
        printed_value,
        rebuilt_value,
        tolerance,
        abs(difference) as distance
    from {{ ref('rpt_replication') }}
    where status <> 'not_comparable'
),

run as (
    select
        study_id,
        spec_id
    from {{ ref('int_replication__runs') }}
    where {{ printed }} and is_comparable
),

slopes as (
    select
        printed.row_label,
        printed.printed_value,
        printed.tolerance
    from figures as printed
    where
        printed.{{ printed }}
        and printed.exhibit = 'random_effects'
        and printed.column_label = 'coefficient'
        and printed.row_label <> '_cons'
),

ecommerce_slopes as (
    select
        slopes.row_label,
        slopes.printed_value,
        slopes.tolerance,
        coefficients.coefficient
    from run
    inner join {{ ref('fct_gravity_coefficients') }} as coefficients
        on
            run.study_id = coefficients.study_id
            and coefficients.spec_id = 'recommended'
            and coefficients.estimator = 'pooled'
            and coefficients.covariance = 'classical'
    inner join slopes
        on coefficients.term = slopes.row_label
),

log_k as (
    select
        printed.printed_k,
        potential.k_ratio
    from run
    inner join {{ ref('fct_trade_potential') }} as potential
        on
            run.study_id = potential.study_id
            and run.spec_id = potential.spec_id
            and potential.estimator = 'pooled'
    inner join {{ ref('int_replication__printed_k') }} as printed
        on
            potential.partner_iso3 = printed.country_iso3
            and potential.year = printed.year
),

residual_shares as (
    {% for key in ['year', 'country_iso3'] -%}
        select
            '{{ key }}' as grouped_by,
            abs(sum(implied_residual_usd)) / sum(goods_trade_usd) as residual_share
        from {{ ref('int_replication__printed_k') }}
        where printed_k is not null
        group by {{ key }}
        {% if not loop.last %}union all{% endif %}
    {% endfor -%}
),

-- Correlations over an ordered window: their last digit depends on the order of rows, and few
-- engines order the rows of an aggregate otherwise.
{% for relation, source, x, y, condition in [
    ('stated_index', 'figures', 'printed_value', 'rebuilt_value', "replication_id = 'study_stated' and exhibit = 'index'"),
    ('k_of_logs', 'log_k', 'printed_k', 'k_ratio', 'printed_k is not null'),
    (
        'k_of_levels', 'figures', 'printed_value', 'rebuilt_value',
        printed ~ " and exhibit = 'k' and printed_value is not null",
    ),
] -%}
    {{ relation }} as (
        select
            corr({{ x }}, {{ y }}) over ({{ all_rows(x ~ ', ' ~ y) }}) as correlation
        from {{ source }}
        where {{ condition }}
    ),

{% endfor -%}
-- ranks of UNCTAD by edition, 1 is best, beside the indices of the year
outside_orders as (
    select
        year,
        max(case when country_iso3 = 'KAZ' then measured_value end) as kaz_rank,
        max(case when country_iso3 = 'UZB' then measured_value end) as uzb_rank
    from {{ ref('gate_ecommerce_measures') }}
    where measure = 'unctad_b2c_rank'
    group by year
),

index_orders as (
    select
        figures.replication_id,
        outside_orders.year,
        outside_orders.kaz_rank < outside_orders.uzb_rank as is_kaz_above_outside,
        max(figures.printed_value) as first_printed,
        max(case when figures.row_label = 'UZB' then figures.printed_value end) as uzb_printed,
        max(case when figures.row_label = 'KAZ' then figures.rebuilt_value end) as kaz_rebuilt,
        max(case when figures.row_label = 'UZB' then figures.rebuilt_value end) as uzb_rebuilt
    from figures
    inner join outside_orders
        on figures.column_label = cast(outside_orders.year as varchar)
    where figures.exhibit = 'index'
    group by
        figures.replication_id,
        outside_orders.year,
        outside_orders.kaz_rank,
        outside_orders.uzb_rank
),

pooled_gap as (
    select max(abs(random.coefficient - pooled.coefficient)) as largest
    from run
    inner join {{ ref('fct_gravity_coefficients') }} as random
        on
            run.study_id = random.study_id
            and run.spec_id = random.spec_id
            and random.estimator = 'random'
    inner join {{ ref('fct_gravity_coefficients') }} as pooled
        on
            random.study_id = pooled.study_id
            and random.spec_id = pooled.spec_id
            and random.covariance = pooled.covariance
            and random.term = pooled.term
            and pooled.estimator = 'pooled'
)

select
    'index_is_a_formula' as finding_id,
    cast(sum(case when distance <= 0.001 then 1 else 0 end) as double precision) as measured_value
from figures
where {{ printed }} and exhibit = 'index'

union all

select
    'index_deviates_little' as finding_id,
    max(distance) as measured_value
from figures
where {{ printed }} and exhibit = 'index'

union all

select
    'kmo_of_three_variables' as finding_id,
    distance as measured_value
from figures
where {{ printed }} and row_label = 'kmo'

union all

select
    'kmo_of_eleven_indicators' as finding_id,
    abs(rebuilt_value - 0.77) as measured_value
from figures
where replication_id = 'study_stated' and row_label = 'kmo'

union all

select
    'shares_became_weights' as finding_id,
    max(distance) as measured_value
from figures
where {{ printed }} and row_label like 'component_weight%'

union all

select
    'index_correlation_of_first_try' as finding_id,
    abs(max(correlation) - 0.75) as measured_value
from stated_index

{% for finding, check in {
    'index_agrees_with_descriptives': 'index_and_descriptives', 'intervals_are_normal': 'interval_is_normal',
}.items() -%}
    union all

    select
        '{{ finding }}' as finding_id,
        cast(sum(case when is_consistent then 0 else 1 end) as double precision) as measured_value
    from {{ ref('rpt_printed_consistency') }}
    where check_name = '{{ check }}'

{% endfor -%}
union all

select
    'random_effects_are_pooled' as finding_id,
    largest as measured_value
from pooled_gap

{% for finding, (term, columns) in {
    'openness_is_exact': ('lnopen', "('mean', 'sd', 'min', 'max')"),
    'internet_use_is_near_exact': ('lnnet', "('mean', 'sd', 'min', 'max')"),
    'population_has_exact_ends': ('lnpop', "('min', 'max')"),
    'income_has_exact_ends': ('lnPgdp', "('min', 'max')"),
    'distance_moves_with_oil': ('lndist', "('mean', 'sd', 'min', 'max')"),
}.items() -%}
    union all

    select
        '{{ finding }}' as finding_id,
        max(distance) as measured_value
    from figures
    where
        {{ printed }}
        and exhibit = 'descriptives'
        and row_label = '{{ term }}'
        and column_label in {{ columns }}

{% endfor -%}
union all

select
    'price_index_mixes_bases' as finding_id,
    max(case when {{ printed }} then distance end)
    / max(case when replication_id = 'study_stated' then distance end) as measured_value
from figures
where exhibit = 'descriptives' and row_label = 'lncpi' and column_label <> 'n_obs'

union all

select
    'outcome_is_goods_trade' as finding_id,
    cast(
        sum(
            case
                when sign(printed_value) = sign(rebuilt_value) and distance <= tolerance then 1
                else 0
            end
        ) as double precision
    ) as measured_value
from figures
where
    {{ printed }}
    and exhibit = 'random_effects'
    and column_label = 'coefficient'
    and row_label <> '_cons'

union all

select
    'outcome_is_not_ecommerce' as finding_id,
    cast(
        sum(
            case
                when
                    sign(printed_value) = sign(coefficient)
                    and abs(coefficient - printed_value) <= tolerance
                    then 1
                else 0
            end
        ) as double precision
    ) as measured_value
from ecommerce_slopes

union all

select
    'f_test_has_the_printed_df' as finding_id,
    max(distance) as measured_value
from figures
where {{ printed }} and exhibit = 'f_test' and column_label in ('df', 'df_denominator')

union all

select
    'f_statistic_is_rebuilt' as finding_id,
    distance as measured_value
from figures
where {{ printed }} and exhibit = 'f_test' and column_label = 'statistic'

union all

select
    'k_is_not_of_the_log_model' as finding_id,
    max(correlation) as measured_value
from k_of_logs

union all

select
    'k_is_of_a_regression_in_levels' as finding_id,
    max(correlation) as measured_value
from k_of_levels

union all

select
    case grouped_by when 'year' then 'k_has_year_effects' else 'k_has_no_partner_effects' end
        as finding_id,
    max(residual_share) as measured_value
from residual_shares
group by grouped_by

union all

select
    'k_leaves_out_unpublished_rows' as finding_id,
    cast(
        sum(case when (printed_k is not null) = is_internet_use_published then 1 else 0 end)
        as double precision
    ) as measured_value
from {{ ref('int_replication__printed_k') }}

union all

select
    'outside_kaz_above_uzb' as finding_id,
    cast(sum(case when kaz_rank < uzb_rank then 1 else 0 end) as double precision)
        as measured_value
from outside_orders

{% for finding, (replication, holds) in {
    'print_uzb_first': ('study_printed', 'uzb_printed = first_printed'),
    'print_uzb_first_against_outside': (
        'study_printed', 'uzb_printed = first_printed and is_kaz_above_outside and year >= 2017',
    ),
    'stated_index_kaz_above_uzb': ('study_stated', 'kaz_rebuilt > uzb_rebuilt and is_kaz_above_outside'),
}.items() -%}
    union all

    select
        '{{ finding }}' as finding_id,
        cast(sum(case when {{ holds }} then 1 else 0 end) as double precision) as measured_value
    from index_orders
    where replication_id = '{{ replication }}'

{% endfor -%}
