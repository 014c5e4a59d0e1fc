-- Every pair-year a gravity model could use: outcome in v0, terms in v1.., and why it is lost.
with runs as (
    select
        study_id,
        spec_id,
        index_spec_id,
        outcome_scaling,
        outcome_transform,
        outcome_divisor_usd
    from {{ ref('int_panel__runs') }}
),

regressors as (
    select
        study_id,
        spec_id,
        variable,
        reporter_iso3,
        country_iso3,
        year,
        variable_value,
        case when is_imputed then 1.0 else 0.0 end as imputed_share
    from {{ ref('int_panel__variables') }}
    where spec_kind = 'gravity'
    union all
    select
        runs.study_id,
        runs.spec_id,
        'development_index' as variable,
        cast(null as varchar) as reporter_iso3,
        scores.country_iso3,
        scores.year,
        scores.development_index as variable_value,
        scores.imputed_share
    from runs
    inner join {{ ref('int_index__scores') }} as scores
        on
            runs.study_id = scores.study_id
            and runs.index_spec_id = scores.index_spec_id
),

terms as (
    select
        runs.study_id,
        runs.spec_id,
        outcomes.reporter_code,
        outcomes.partner_code,
        outcomes.year,
        terms.term,
        terms.position,
        regressors.variable_value,
        regressors.imputed_share,
        {{ transformed(
            'regressors.variable_value', 'terms.transform', 'terms.divisor', 'terms.floor_value'
        ) }} as term_value
    from runs
    inner join {{ ref('int_panel__outcomes') }} as outcomes
        on runs.study_id = outcomes.study_id
    inner join {{ ref('stg_study__gravity_terms') }} as terms
        on runs.spec_id = terms.spec_id
    left join {{ ref('stg_study__gravity_term_exceptions') }} as exceptions
        on
            runs.spec_id = exceptions.spec_id
            and terms.term = exceptions.term
            and {{ side_country('outcomes', 'terms.side') }} = exceptions.country_iso3
    left join {{ ref('stg_study__variables') }} as variables
        on coalesce(exceptions.variable, terms.variable) = variables.variable
    left join regressors
        on
            runs.study_id = regressors.study_id
            and runs.spec_id = regressors.spec_id
            and variables.variable = regressors.variable
            and {{ side_country('outcomes', 'terms.side') }} = regressors.country_iso3
            and outcomes.year = regressors.year
            -- a variable of the pair is looked up by both of its countries
            and case variables.variable_kind when 'pair' then outcomes.reporter_iso3 else '' end
            = coalesce(regressors.reporter_iso3, '')
),

slotted as (
    select
        study_id,
        spec_id,
        reporter_code,
        partner_code,
        year,
        {% for k in slots(1) -%}
            max(case when position = {{ k }} then term_value end) as v{{ k }},
        {% endfor -%}
        -- added by position: the last digit of an average depends on the order of rows
        {{ slot_sum('max(case when position = {k} then imputed_share end)', slots(1)) }}
        / count(*) as imputed_share,
        {{ text_list('case when variable_value is null then term end', 'position') }}
            as missing_terms,
        {{ text_list(
            'case when variable_value is not null and term_value is null then term end', 'position'
        ) }} as undefined_terms
    from terms
    group by study_id, spec_id, reporter_code, partner_code, year
),

outcomes as (
    select
        runs.study_id,
        runs.spec_id,
        outcomes.reporter_code,
        outcomes.reporter_iso3,
        outcomes.partner_code,
        outcomes.partner_iso3,
        outcomes.pair_id,
        runs.outcome_scaling,
        runs.outcome_transform,
        outcomes.ecommerce_quote_kind,
        outcomes.trade_missing_reason,
        outcomes.ecommerce_missing_reason,
        outcomes.year,
        runs.outcome_divisor_usd,
        outcomes.goods_trade_usd,
        outcomes.is_unreported,
        case runs.outcome_scaling
            when 'ecommerce_share' then outcomes.goods_trade_usd * outcomes.ecommerce_share
            when 'none' then outcomes.goods_trade_usd
        end as actual_usd
    from runs
    inner join {{ ref('int_panel__outcomes') }} as outcomes
        on runs.study_id = outcomes.study_id
)

select
    outcomes.study_id,
    outcomes.spec_id,
    outcomes.reporter_code,
    outcomes.reporter_iso3,
    outcomes.partner_code,
    outcomes.partner_iso3,
    outcomes.pair_id,
    case
        when outcomes.outcome_scaling = 'ecommerce_share' then outcomes.ecommerce_quote_kind
    end as scale_kind,
    case
        when outcomes.pair_id is null then 'country_code'
        when outcomes.goods_trade_usd is null then 'trade_flow'
        when outcomes.actual_usd is null then 'ecommerce_scale'
        when outcomes.actual_usd < 0 then 'trade_flow'
        when slotted.missing_terms is not null then 'regressors'
        when slotted.undefined_terms is not null then 'logarithm'
        when outcomes.outcome_transform = 'ln' and outcomes.actual_usd = 0 then 'logarithm'
    end as lost_step,
    case
        when outcomes.pair_id is null then 'the code stands for no country of today'
        when outcomes.goods_trade_usd is null then outcomes.trade_missing_reason
        when outcomes.actual_usd is null then outcomes.ecommerce_missing_reason
        when outcomes.actual_usd < 0 then 'trade is negative'
        when slotted.missing_terms is not null then 'no value for ' || slotted.missing_terms
        when slotted.undefined_terms is not null then 'no logarithm of ' || slotted.undefined_terms
        when outcomes.outcome_transform = 'ln' and outcomes.actual_usd = 0
            then
                '{{ zero_trade() }}'
                || case when outcomes.is_unreported then ': BACI lists no flow' else '' end
    end as lost_reason,
    outcomes.outcome_transform,
    outcomes.year,
    outcomes.actual_usd,
    outcomes.outcome_divisor_usd,
    {{ transformed(
        'outcomes.actual_usd', 'outcomes.outcome_transform', 'outcomes.outcome_divisor_usd'
    ) }} as v0,
    {% for k in slots(1) -%}
        slotted.v{{ k }},
    {% endfor -%}
    slotted.imputed_share,
    outcomes.is_unreported
from outcomes
inner join slotted
    on
        outcomes.study_id = slotted.study_id
        and outcomes.spec_id = slotted.spec_id
        and outcomes.reporter_code = slotted.reporter_code
        and outcomes.partner_code = slotted.partner_code
        and outcomes.year = slotted.year
