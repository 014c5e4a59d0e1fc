-- A structural specification that a study runs; i<k> tells that the term of slot k is multiplied
-- by the development indices of exporter and importer.
with multiplied as (
    select
        terms.spec_id,
    {% for k in slots(1) -%}
        max(case when terms.position = {{ k }} then 1 else 0 end) = 1 as i{{ k }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from {{ ref('stg_study__gravity_terms') }} as terms
    inner join {{ ref('stg_study__variables') }} as variables
        on
            terms.variable = variables.variable
            and variables.derivation = 'ln_times_indices'
    group by terms.spec_id
)

select
    runs.study_id,
    runs.spec_id,
    specifications.index_spec_id,
    studies.first_year,
    studies.last_year,
    studies.minimum_prediction_usd,
    {% for k in slots(1) -%}
        coalesce(multiplied.i{{ k }}, false) as i{{ k }},
    {% endfor -%}
    runs.spec_id = studies.default_spec_id as is_default
from {{ ref('stg_study__study_specifications') }} as runs
inner join {{ ref('stg_study__studies') }} as studies
    on runs.study_id = studies.study_id
inner join {{ ref('stg_study__gravity_specifications') }} as specifications
    on
        runs.spec_id = specifications.spec_id
        and specifications.model_kind = 'structural'
left join multiplied
    on runs.spec_id = multiplied.spec_id
