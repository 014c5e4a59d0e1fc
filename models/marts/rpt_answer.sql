-- Every answer stands once for each of the two economies: exports of one are imports of the other,
-- and the total is that of both.
with views as (
    select
        names_.label,
        names_.flow
    from (
        values ('exports', 'directed'),
        ('imports', 'directed'),
        ('total', 'total'),
        ('back', 'total')
    ) as names_ (label, flow)
),

-- what is known to be wrong with recorded trade, of either of the two
noted as (
    select
        codes.country_iso3,
        notes.year,
        max(notes.flag) as flag
    from {{ ref('gate_trade_notes') }} as notes
    inner join {{ ref('int_panel__country_codes') }} as codes
        on notes.country_code = codes.source_code
    where notes.source_id in (select flows.source_id from {{ ref('gate_world_trade') }} as flows)
    group by codes.country_iso3, notes.year
),

said as (
    select
        reporter_iso3,
        partner_iso3,
        flow,
        year,
        {{ text_list(
            "study_id || '/' || spec_id || '/' || estimator || ' ' || "
            ~ ratio_text('other_k_ratio') ~ " || coalesce(' ' || other_class, '')",
            "study_id || spec_id || estimator"
        ) }} as other_answers,
        {{ text_list(
            "study_id || '/' || spec_id || ': ' || difference_reason",
            "study_id || spec_id || estimator"
        ) }} as difference_reason
    from {{ ref('rpt_answer_differences') }}
    where is_default or estimator = 'ppml_structural'
    group by reporter_iso3, partner_iso3, flow, year
),

answered as (
    select
        flows.study_id,
        flows.spec_id,
        case views.label when 'back' then 'total' else views.label end as flow,
        case
            when views.label in ('exports', 'total') then flows.exporter_iso3
            else flows.importer_iso3
        end as reporter_iso3,
        case
            when views.label in ('exports', 'total') then flows.importer_iso3
            else flows.exporter_iso3
        end as partner_iso3,
        flows.potential_class,
        flows.k_status,
        cast(null as varchar) as k_reason,
        case when flows.is_large_enough then lasting.lasting_class end as lasting_class,
        flows.pair_out_method,
        flows.year,
        flows.size_band,
        flows.band_pairs,
        lasting.n_years,
        flows.actual_usd,
        flows.predicted_usd,
        flows.predicted_pair_out_usd,
        flows.k_ratio,
        bands.k_median as k_median_of_band,
        flows.k_percentile,
        shares.class_share,
        flows.k_pair_out_ratio,
        case
            when lasting.study_id is null then 'high_leverage'
            when not flows.is_large_enough then 'below_minimum_prediction'
            else lasting.probability_status
        end as probability_status,
        {% for name in [
            'probability_huge', 'probability_expansion', 'probability_reshaping',
            'k_line_log_se', 'k_lasting_median', 'k_lasting_ci_low', 'k_lasting_ci_high',
            'k_new_year_ci_low', 'k_new_year_ci_high',
        ] -%}
            case when flows.is_large_enough then lasting.{{ name }} end as {{ name }},
        {% endfor -%}
        {{ of_own_class('flows.potential_class', 'lasting', 'probability_') }} as class_probability,
        {{ of_own_class('flows.potential_class', 'lasting', 'new_year_probability_') }}
            as new_year_probability,
        flows.is_unreported,
        flows.class_depends_on_own_trade
    from {{ ref('int_structural__flows') }} as flows
    inner join views
        on flows.flow = views.flow
    inner join {{ ref('int_structural__bands') }} as bands
        on
            flows.study_id = bands.study_id
            and flows.flow = bands.flow
            and flows.year = bands.year
            and flows.size_band = bands.size_band
    left join {{ ref('int_structural__class_shares') }} as shares
        on
            flows.study_id = shares.study_id
            and flows.flow = shares.flow
            and flows.year = shares.year
            and flows.potential_class = shares.potential_class
    left join {{ ref('est_structural_lasting') }} as lasting
        on
            flows.study_id = lasting.study_id
            and flows.spec_id = lasting.spec_id
            and flows.flow = lasting.flow
            and flows.exporter_iso3 = lasting.exporter_iso3
            and flows.importer_iso3 = lasting.importer_iso3
    union all
    select
        unanswered.study_id,
        unanswered.spec_id,
        views.label as flow,
        unanswered.reporter_iso3,
        unanswered.partner_iso3,
        cast(null as varchar) as potential_class,
        unanswered.k_status,
        unanswered.k_reason,
        cast(null as varchar) as lasting_class,
        cast(null as varchar) as pair_out_method,
        unanswered.year,
        {% for name in ['size_band', 'band_pairs', 'n_years'] -%}
            cast(null as integer) as {{ name }},
        {% endfor -%}
        {% for name in [
            'actual_usd', 'predicted_usd', 'predicted_pair_out_usd', 'k_ratio', 'k_median_of_band',
            'k_percentile', 'class_share', 'k_pair_out_ratio',
        ] -%}
            cast(null as double precision) as {{ name }},
        {% endfor -%}
        unanswered.k_status as probability_status,
        {% for name in [
            'probability_huge', 'probability_expansion', 'probability_reshaping',
            'k_line_log_se', 'k_lasting_median', 'k_lasting_ci_low', 'k_lasting_ci_high',
            'k_new_year_ci_low', 'k_new_year_ci_high', 'class_probability', 'new_year_probability',
        ] -%}
            cast(null as double precision) as {{ name }},
        {% endfor -%}
        cast(null as boolean) as is_unreported,
        cast(null as boolean) as class_depends_on_own_trade
    from {{ ref('int_answer__unanswered') }} as unanswered
    cross join views
    where views.label <> 'back'
)

select
    answered.reporter_iso3,
    answered.partner_iso3,
    answered.flow,
    reporter_countries.country_name as reporter_name,
    partner_countries.country_name as partner_name,
    partner_countries.un_region,
    region_labels.label as un_region_label,
    partner_countries.income_group,
    income_labels.label as income_group_label,
    answered.study_id,
    answered.spec_id,
    estimators.estimator,
    estimators.estimator_label,
    'baci' as trade_source,
    answered.potential_class,
    classes.class_label,
    classes.display_order as class_order,
    answered.lasting_class,
    answered.k_status,
    status_labels.label as k_status_label,
    answered.k_reason,
    answered.pair_out_method,
    answered.probability_status,
    probability_labels.label as probability_status_label,
    {{ answer_certainty('answered.class_probability', 'answered.class_depends_on_own_trade') }}
        as answer_certainty,
    said.other_answers,
    said.difference_reason,
    answered.year,
    answered.size_band,
    answered.band_pairs,
    answered.n_years,
    answered.actual_usd,
    answered.predicted_usd,
    answered.predicted_pair_out_usd,
    answered.k_ratio,
    answered.k_median_of_band,
    answered.k_percentile,
    answered.class_share,
    answered.k_pair_out_ratio,
    answered.probability_huge,
    answered.probability_expansion,
    answered.probability_reshaping,
    answered.k_line_log_se,
    answered.k_lasting_median,
    answered.k_lasting_ci_low,
    answered.k_lasting_ci_high,
    answered.new_year_probability,
    answered.k_new_year_ci_low,
    answered.k_new_year_ci_high,
    answered.is_unreported,
    answered.class_depends_on_own_trade,
    coalesce(reporters.flag, partners.flag) as trade_flag,
    coalesce(studies.is_default_study, false) as is_default_study,
    {{ one_key(['classes.study_id', 'classes.potential_class']) }} as class_key,
    {{ one_key([
        'answered.reporter_iso3', 'answered.partner_iso3', 'answered.flow',
        'cast(answered.year as varchar)',
    ]) }} as answer_key,
    'Choose one flow: flows, the two sides of a pair and studies are never added up.'
        as reading_note
from answered
inner join {{ ref('dim_country') }} as reporter_countries
    on answered.reporter_iso3 = reporter_countries.country_iso3
inner join {{ ref('dim_country') }} as partner_countries
    on answered.partner_iso3 = partner_countries.country_iso3
left join {{ ref('dim_study') }} as studies
    on answered.study_id = studies.study_id
left join {{ ref('dim_estimator') }} as estimators
    on case when answered.study_id is not null then 'ppml_structural' end = estimators.estimator
left join {{ ref('int_panel__classes') }} as classes
    on
        answered.study_id = classes.study_id
        and answered.potential_class = classes.potential_class
{{ join_label('region_labels', 'un_region', 'partner_countries.un_region') }}
{{ join_label('income_labels', 'income_group', 'partner_countries.income_group') }}
{{ join_label('status_labels', 'k_status', 'answered.k_status') }}
{{ join_label('probability_labels', 'probability_status', 'answered.probability_status') }}
left join said
    on
        answered.reporter_iso3 = said.reporter_iso3
        and answered.partner_iso3 = said.partner_iso3
        and answered.flow = said.flow
        and answered.year = said.year
left join noted as reporters
    on
        answered.reporter_iso3 = reporters.country_iso3
        and answered.year = reporters.year
left join noted as partners
    on
        answered.partner_iso3 = partners.country_iso3
        and answered.year = partners.year
