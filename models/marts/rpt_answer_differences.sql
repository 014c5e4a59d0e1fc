-- What other specifications say of an answer, and what their K differs by, term by term.
-- K = B / P with trade B and prediction P of world trade. Another K = N s / (M s) has trade N of
-- its own source, a prediction M, and perhaps a share s of the year, which cancels. So
-- ln(other K / K) = ln(N / B) + ln(P / M), and ln P is the trade costs, the effects of the partner
-- (what its size and income let one expect and what goes beyond), and what the pair's own trade
-- does to them; what no term takes is common to the partners of the year, or left to the other
-- specification's own regressors. The total is of two directions, each weighted by its prediction.
{% set partners_of_year -%}
    partition by study_id, spec_id, estimator, reporter_iso3, flow, year {{ all_rows('partner_iso3') }}
{%- endset -%}
with weighted as (
    select
        study_id,
        spec_id,
        estimator,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_source,
        potential_class,
        other_class,
        year,
        predicted_usd,
        k_ratio,
        k_pair_out_ratio,
        other_k_ratio,
        partner_imports_ratio,
        partner_exports_ratio,
        import_share,
        is_default,
        is_structural,
        mean_for_median_log,
        case when k_ratio > 0 and other_k_ratio > 0 then ln(other_k_ratio / k_ratio) end
            as difference_log,
        case when actual_usd > 0 then log_trade - ln(actual_usd) end as trade_source_log,
        ln(predicted_usd / nullif(predicted_pair_out_usd, 0)) as own_trade_log,
        {{ weighted("ln(partner_imports_ratio * exports_pair_out_usd / exports_usd)", "0") }}
            as partner_imports_log,
        {{ weighted("0", "ln(partner_exports_ratio * imports_pair_out_usd / imports_usd)") }}
            as partner_exports_log,
        {{ weighted(
            "ln(exports_usd) - exports_log_effects", "ln(imports_usd) - imports_log_effects"
        ) }} as log_costs,
        {{ weighted(
            "exports_log_effects - other_exports_log_effects",
            "imports_log_effects - other_imports_log_effects"
        ) }} as log_effects_difference
    from {{ ref('int_answer__measures') }}
),

remainders as (
    select
        study_id,
        spec_id,
        estimator,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_source,
        potential_class,
        other_class,
        year,
        predicted_usd,
        k_ratio,
        k_pair_out_ratio,
        other_k_ratio,
        partner_imports_ratio,
        partner_exports_ratio,
        import_share,
        is_default,
        is_structural,
        difference_log,
        trade_source_log,
        mean_for_median_log,
        own_trade_log,
        partner_imports_log,
        partner_exports_log,
        log_effects_difference,
        case when difference_log is not null then log_costs end as log_costs,
        difference_log - trade_source_log - mean_for_median_log - own_trade_log
        - coalesce(partner_imports_log, 0) - coalesce(partner_exports_log, 0) as remainder_log
    from weighted
),

-- what the partners of a year share does not tell one from another
contributions as (
    select
        study_id,
        spec_id,
        estimator,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_source,
        potential_class,
        other_class,
        year,
        predicted_usd,
        k_ratio,
        k_pair_out_ratio,
        other_k_ratio,
        partner_imports_ratio,
        partner_exports_ratio,
        import_share,
        is_default,
        is_structural,
        difference_log,
        remainder_log,
        case when not is_structural then trade_source_log end as trade_source_log,
        case when not is_structural then mean_for_median_log end as mean_for_median_log,
        case when not is_structural then own_trade_log end as own_trade_log,
        case when not is_structural then partner_imports_log end as partner_imports_log,
        case when not is_structural then partner_exports_log end as partner_exports_log,
        case
            when is_structural then difference_log - log_effects_difference
            else
                log_costs - avg(log_costs) over ({{ partners_of_year }})
        end as trade_costs_log,
        case
            when not is_structural
                then avg(remainder_log) over ({{ partners_of_year }})
        end as year_level_log
    from remainders
),

completed as (
    select
        study_id,
        spec_id,
        estimator,
        reporter_iso3,
        partner_iso3,
        flow,
        trade_source,
        potential_class,
        other_class,
        year,
        predicted_usd,
        k_ratio,
        k_pair_out_ratio,
        other_k_ratio,
        partner_imports_ratio,
        partner_exports_ratio,
        import_share,
        is_default,
        difference_log,
        trade_source_log,
        mean_for_median_log,
        own_trade_log,
        partner_imports_log,
        partner_exports_log,
        trade_costs_log,
        year_level_log,
        potential_class = other_class as classes_agree,
        case when is_structural then difference_log else remainder_log end
        - coalesce(trade_costs_log, 0) - coalesce(year_level_log, 0) as other_terms_log
    from contributions
),

names as (
    {{ name_rows(contributions(), 'contribution') }}
),

ranked as (
    select
        completed.study_id,
        completed.spec_id,
        completed.estimator,
        completed.reporter_iso3,
        completed.partner_iso3,
        completed.flow,
        completed.year,
        names.contribution,
        {{ picked('names.contribution', contribution_columns('completed')) }} as log_value,
        row_number() over (
            partition by
                completed.study_id, completed.spec_id, completed.estimator,
                completed.reporter_iso3, completed.partner_iso3, completed.flow, completed.year
            order by
                abs({{ picked('names.contribution', contribution_columns('completed')) }})
                desc nulls last,
                names.contribution
        ) as place
    from completed
    cross join names
    where not completed.classes_agree and completed.difference_log is not null
),

worded as (
    select
        study_id,
        spec_id,
        estimator,
        reporter_iso3,
        partner_iso3,
        flow,
        year,
        place,
        {{ contribution_text('contribution', 'log_value', 'estimator') }} as words
    from ranked
    where place <= 2
),

reasons as (
    select
        study_id,
        spec_id,
        estimator,
        reporter_iso3,
        partner_iso3,
        flow,
        year,
        {{ text_list('words', 'place') }} as difference_reason
    from worded
    group by study_id, spec_id, estimator, reporter_iso3, partner_iso3, flow, year
),

-- one structural study answers; who cuts its classes elsewhere is not alike where names are
cuts as (
    select distinct
        other.study_id,
        'classes cut elsewhere (' || other.class_cuts || ')' as cuts_reason
    from {{ ref('int_panel__classes') }} as other
    inner join {{ ref('int_panel__classes') }} as answering
        on other.class_cuts <> answering.class_cuts
    inner join {{ ref('int_structural__runs') }} as runs
        on
            answering.study_id = runs.study_id
            and runs.is_default
)

select
    completed.study_id,
    completed.spec_id,
    completed.estimator,
    completed.reporter_iso3,
    completed.partner_iso3,
    completed.flow,
    completed.trade_source,
    completed.potential_class,
    completed.other_class,
    case
        when completed.classes_agree is null then null
        when reasons.difference_reason is null then cuts.cuts_reason
        else coalesce(cuts.cuts_reason || ', ', '') || reasons.difference_reason
    end as difference_reason,
    completed.year,
    completed.k_ratio,
    completed.other_k_ratio,
    completed.difference_log,
    {% for name in contributions() -%}
        completed.{{ name }},
    {% endfor -%}
    completed.import_share,
    completed.partner_imports_ratio,
    completed.partner_exports_ratio,
    completed.predicted_usd,
    completed.k_pair_out_ratio,
    completed.classes_agree,
    completed.is_default,
    least(completed.partner_imports_ratio, completed.partner_exports_ratio) as hub_ratio,
    {{ one_key([
        'completed.reporter_iso3', 'completed.partner_iso3', 'completed.flow',
        'cast(completed.year as varchar)',
    ]) }} as answer_key
from completed
left join reasons
    on
        completed.study_id = reasons.study_id
        and completed.spec_id = reasons.spec_id
        and completed.estimator = reasons.estimator
        and completed.reporter_iso3 = reasons.reporter_iso3
        and completed.partner_iso3 = reasons.partner_iso3
        and completed.flow = reasons.flow
        and completed.year = reasons.year
left join cuts
    on completed.study_id = cuts.study_id
