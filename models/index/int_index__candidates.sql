-- Every country-year an index could cover: its variables in slots, and why it is lost if it is.
-- An index may stand on the variables that are there, if they are as many as it asks for.
with terms as (
    select
        candidates.study_id,
        runs.index_spec_id,
        candidates.country_code,
        candidates.country_iso3,
        candidates.year,
        terms.variable,
        terms.position,
        panel.is_imputed,
        panel.variable_value,
        terms.direction_sign
        * {{ transformed('panel.variable_value', 'terms.transform') }} as term_value
    from {{ ref('int_panel__country_years') }} as candidates
    inner join {{ ref('int_index__runs') }} as runs
        on candidates.study_id = runs.study_id
    inner join {{ ref('stg_study__index_terms') }} as terms
        on runs.index_spec_id = terms.index_spec_id
    left join {{ ref('int_panel__variables') }} as panel
        on
            panel.spec_kind = 'index'
            and candidates.study_id = panel.study_id
            and runs.index_spec_id = panel.spec_id
            and terms.variable = panel.variable
            and candidates.country_iso3 = panel.country_iso3
            and candidates.year = panel.year
),

slotted as (
    select
        study_id,
        index_spec_id,
        country_code,
        country_iso3,
        year,
        {% for k in slots(1) -%}
            max(case when position = {{ k }} then term_value end) as v{{ k }},
        {% endfor -%}
        -- a decimal literal would have a decimal average, of five places on some engines
        avg(cast(case when is_imputed then 1 when not is_imputed then 0 end as double precision))
            as imputed_share,
        cast(count(*) as integer) as term_count,
        cast(count(variable_value) as integer) as indicator_count,
        {{ text_list('case when variable_value is null then variable end', 'position') }}
            as missing_variables,
        {{ text_list(
            'case when variable_value is not null and term_value is null then variable end', 'position'
        ) }} as undefined_variables
    from terms
    group by study_id, index_spec_id, country_code, country_iso3, year
)

select
    slotted.study_id,
    slotted.index_spec_id,
    slotted.country_code,
    slotted.country_iso3,
    -- which slots hold a value: rows that are alike in this have the same weights
    {{ slots_held('slotted') }} as available_slots,
    slotted.missing_variables as missing_indicators,
    case
        when slotted.country_iso3 is null then 'country_code'
        when slotted.indicator_count < specifications.min_terms then 'indicators'
        when slotted.undefined_variables is not null then 'logarithm'
    end as lost_step,
    case
        when slotted.country_iso3 is null then 'the code stands for no country of today'
        when slotted.indicator_count < specifications.min_terms
            then
                'no value for ' || slotted.missing_variables
                || case
                    when specifications.min_terms < slotted.term_count
                        then
                            ': ' || slotted.indicator_count || ' of ' || slotted.term_count
                            || ' indicators, ' || specifications.min_terms || ' are needed'
                    else ''
                end
        when slotted.undefined_variables is not null
            then 'no logarithm of ' || slotted.undefined_variables
    end as lost_reason,
    slotted.year,
    {% for k in slots(1) -%}
        slotted.v{{ k }},
    {% endfor -%}
    slotted.imputed_share,
    slotted.indicator_count,
    slotted.indicator_count < slotted.term_count as is_partial
from slotted
inner join {{ ref('stg_study__index_specifications') }} as specifications
    on slotted.index_spec_id = specifications.index_spec_id
