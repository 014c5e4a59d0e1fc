-- The prediction of an estimator is its coefficients times the regressors, so that their means over
-- the sample are: mean prediction = sum of coefficient times mean of the term. Means of partners
-- have the mean of their term. An estimator that predicts with the coefficients of another, or
-- leaves a term out, does not. To 1e-9 of the terms, whose rounding it is. PPML, whose prediction
-- has no such mean, keeps the sum of trade, which is its score of the constant: to 1e-8, where its
-- search may end.
with terms as (
    select
        spec_id,
        term,
        'mean(' || term || ')' as mean_term
    from {{ ref('stg_study__gravity_terms') }}
),

coefficients as (
    select
        study_id,
        spec_id,
        estimator,
        term,
        min(coefficient) as coefficient
    from {{ ref('fct_gravity_coefficients') }}
    where coefficient is not null
    group by study_id, spec_id, estimator, term
),

expected as (
    select
        coefficients.study_id,
        coefficients.spec_id,
        coefficients.estimator,
        sum(coefficients.coefficient * coalesce(descriptives.value_mean, 1)) as mean_outcome,
        sum(abs(coefficients.coefficient * coalesce(descriptives.value_mean, 1))) as size_of_terms
    from coefficients
    left join terms
        on
            coefficients.spec_id = terms.spec_id
            and coefficients.term in (terms.term, terms.mean_term)
    left join {{ ref('fct_gravity_descriptives') }} as descriptives
        on
            coefficients.study_id = descriptives.study_id
            and coefficients.spec_id = descriptives.spec_id
            and terms.term = descriptives.term
    group by coefficients.study_id, coefficients.spec_id, coefficients.estimator
),

predicted as (
    select
        potential.study_id,
        potential.spec_id,
        potential.estimator,
        sum(potential.actual_usd) as actual_usd,
        sum(potential.predicted_usd) as predicted_usd,
        avg(
            case
                when specifications.method = 'linear'
                    then potential.predicted_usd / specifications.outcome_divisor_usd
                when potential.predicted_usd > 0
                    then ln(potential.predicted_usd / specifications.outcome_divisor_usd)
            end
        ) as mean_outcome
    from {{ ref('fct_trade_potential') }} as potential
    inner join {{ ref('dim_specification') }} as specifications
        on potential.spec_id = specifications.spec_id
    group by potential.study_id, potential.spec_id, potential.estimator
)

select
    {{ complaint_of(
        file="'fct_trade_potential'",
        key="predicted.study_id || ', ' || predicted.spec_id || ', ' || predicted.estimator",
        column="'predicted_usd'",
        value="case when predicted.estimator = 'ppml'"
        ~ " then 'predicted ' || predicted.predicted_usd || ', traded ' || predicted.actual_usd"
        ~ " else 'mean ' || predicted.mean_outcome || ', by the coefficients '"
        ~ " || coalesce(cast(expected.mean_outcome as varchar), 'nothing') end",
        rule="'predictions rest on the coefficients of their estimator'"
    ) }}
from predicted
left join expected
    on
        predicted.study_id = expected.study_id
        and predicted.spec_id = expected.spec_id
        and predicted.estimator = expected.estimator
where
    not coalesce(
        case
            when predicted.estimator = 'ppml'
                then
                    abs(predicted.predicted_usd - predicted.actual_usd)
                    <= 1e-8 * predicted.actual_usd
            else
                abs(predicted.mean_outcome - expected.mean_outcome)
                <= 1e-9 * expected.size_of_terms
        end,
        false
    )
