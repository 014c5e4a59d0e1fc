-- K = actual / predicted. A regression in levels can predict trade of 0 or less: K is then without
-- meaning, marked in k_status and without class. The interval is K times exp of the error of
-- a log model, or actual over the ends of the interval of a prediction in levels while both are
-- positive.
with predicted as (
    select
        study_id,
        spec_id,
        estimator,
        pair_id,
        reporter_iso3,
        partner_iso3,
        estimator_status,
        k_definition,
        interval_covariance,
        scale_kind,
        year,
        actual_usd,
        imputed_share,
        is_unreported,
        predicted_outcome,
        predicted_outcome_se,
        is_log_fit,
        case when is_log_fit then exp(predicted_outcome) else predicted_outcome end
        * outcome_divisor_usd as predicted_usd,
        case when is_log_fit then 1.0 else predicted_outcome end as error_scale,
        critical_value * predicted_outcome_se as margin
    from {{ ref('int_gravity__fitted') }}
),

potential as (
    select
        study_id,
        spec_id,
        estimator,
        pair_id,
        reporter_iso3,
        partner_iso3,
        estimator_status,
        k_definition,
        interval_covariance,
        scale_kind,
        year,
        actual_usd,
        imputed_share,
        is_unreported,
        predicted_outcome,
        predicted_outcome_se,
        is_log_fit,
        predicted_usd,
        error_scale,
        margin,
        actual_usd / nullif(predicted_usd, 0) as k_ratio,
        coalesce(predicted_usd > 0, false) as is_predicted_positive
    from predicted
),

-- Duan's smearing factor leads from the median to the mean: the mean of exp(residual); 1 otherwise.
-- The condition stands in the average: engines aggregate before an outer case chooses, and the exp
-- of a prediction in levels overflows.
smearing as (
    select
        study_id,
        spec_id,
        estimator,
        coalesce(
            avg(
                case
                    when k_definition = 'median_without_effects'
                        then actual_usd / (exp(predicted_outcome) * outcome_divisor_usd)
                end
            ),
            1.0
        ) as smearing_factor
    from {{ ref('int_gravity__fitted') }}
    group by study_id, spec_id, estimator
)

select
    potential.study_id,
    potential.spec_id,
    potential.estimator,
    potential.reporter_iso3,
    potential.partner_iso3,
    classes.potential_class,
    potential.estimator_status,
    potential.k_definition,
    potential.interval_covariance,
    potential.scale_kind,
    studies.trade_source,
    classes.display_order as class_order,
    potential.year,
    potential.actual_usd,
    potential.predicted_usd,
    potential.k_ratio,
    potential.imputed_share,
    potential.is_unreported,
    case when potential.is_predicted_positive then 'ok' else 'prediction_not_positive' end
        as k_status,
    laws.probability_status,
    {{ answer_certainty(
        of_own_class('classes.potential_class', 'laws', 'probability_'),
        'coalesce(classes.potential_class <> out_classes.potential_class, true)'
    ) }} as answer_certainty,
    potential.k_ratio / smearing.smearing_factor as k_mean_ratio,
    case
        when potential.is_predicted_positive and potential.k_ratio > 0 then ln(potential.k_ratio)
    end
        as k_log_ratio,
    case
        when potential.is_predicted_positive
            then potential.predicted_outcome_se / potential.error_scale
    end as k_log_ratio_se,
    case
        when potential.is_log_fit then potential.k_ratio * exp(-potential.margin)
        when potential.predicted_outcome > potential.margin
            then
                potential.k_ratio * potential.predicted_outcome
                / (potential.predicted_outcome + potential.margin)
    end as k_ratio_ci_low,
    case
        when potential.is_log_fit then potential.k_ratio * exp(potential.margin)
        when potential.predicted_outcome > potential.margin
            then
                potential.k_ratio * potential.predicted_outcome
                / (potential.predicted_outcome - potential.margin)
    end as k_ratio_ci_high,
    potential.k_ratio * exp(laws.log_k_change) as k_pair_out_ratio,
    laws.probability_huge,
    laws.probability_expansion,
    laws.probability_reshaping,
    laws.k_lasting_median,
    laws.k_lasting_ci_low,
    laws.k_lasting_ci_high,
    {{ of_own_class('classes.potential_class', 'laws', 'new_year_probability_') }}
        as new_year_probability,
    laws.k_new_year_ci_low,
    laws.k_new_year_ci_high,
    case
        when laws.log_k_change is not null
            then classes.potential_class <> out_classes.potential_class
    end as class_depends_on_own_trade,
    potential.spec_id = studies.default_spec_id
    and potential.estimator = studies.default_estimator as is_default,
    studies.is_default_study,
    specifications.index_spec_id,
    {{ one_key(['classes.study_id', 'classes.potential_class']) }} as class_key,
    {{ one_key([
        'potential.study_id', 'potential.partner_iso3', 'cast(potential.year as varchar)',
    ]) }} as partner_year_key,
    {{ one_key([
        'potential.study_id', 'potential.spec_id', 'potential.estimator',
        'potential.reporter_iso3', 'potential.partner_iso3', 'cast(potential.year as varchar)',
    ]) }} as potential_key
from potential
inner join {{ ref('dim_study') }} as studies
    on potential.study_id = studies.study_id
left join {{ ref('stg_study__gravity_specifications') }} as specifications
    on potential.spec_id = specifications.spec_id
inner join smearing
    on
        potential.study_id = smearing.study_id
        and potential.spec_id = smearing.spec_id
        and potential.estimator = smearing.estimator
left join {{ ref('est_gravity_lasting') }} as laws
    on
        potential.study_id = laws.study_id
        and potential.spec_id = laws.spec_id
        and potential.estimator = laws.estimator
        and potential.pair_id = laws.pair_id
        and potential.year = laws.year
left join {{ ref('int_panel__classes') }} as classes
    on
        potential.study_id = classes.study_id
        and potential.is_predicted_positive
        and {{ k_is_in_class('potential.k_ratio', 'classes') }}
-- the class that K would have by the line without the pair
left join {{ ref('int_panel__classes') }} as out_classes
    on
        potential.study_id = out_classes.study_id
        and potential.is_predicted_positive
        and {{ k_is_in_class('(potential.k_ratio * exp(laws.log_k_change))', 'out_classes') }}
