-- Every country-year an index could cover: its variables in slots, and why it is lost if it is.
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
        avg(cast(case when is_imputed then 1 else 0 end as double precision)) as imputed_share,
        {{ text_list('case when variable_value is null then variable end', 'position') }}
            as missing_variables,
        {{ text_list(
            'case when variable_value is not null and term_value is null then variable end', 'position'
        ) }} as undefined_variables
    from terms
    group by study_id, index_spec_id, country_code, country_iso3, year
)

select
    study_id,
    index_spec_id,
    country_code,
    country_iso3,
    case
        when country_iso3 is null then 'country_code'
        when missing_variables is not null then 'indicators'
        when undefined_variables is not null then 'logarithm'
    end as lost_step,
    case
        when country_iso3 is null then 'the code stands for no country of today'
        when missing_variables is not null then 'no value for ' || missing_variables
        when undefined_variables is not null then 'no logarithm of ' || undefined_variables
    end as lost_reason,
    year,
    {% for k in slots(1) -%}
        v{{ k }},
    {% endfor -%}
    imputed_share
from slotted
