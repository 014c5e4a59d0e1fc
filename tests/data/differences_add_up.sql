-- The contributions lead from K to the other K, to 1e-9: rounding of eight logarithms.
with added as (
    select
        study_id,
        spec_id,
        estimator,
        reporter_iso3,
        partner_iso3,
        flow,
        year,
        difference_log,
        {% for name in contributions() -%}
            coalesce({{ name }}, 0){{ ' + ' if not loop.last }}
        {% endfor -%}
            as contributions_log
    from {{ ref('rpt_answer_differences') }}
    where k_ratio > 0 and other_k_ratio > 0
)

select
    {{ complaint_of(
        key="study_id || ', ' || spec_id || ', ' || estimator || ', ' || reporter_iso3 || '-'"
        ~ " || partner_iso3 || ', ' || flow || ', ' || year",
        value="coalesce(cast(contributions_log as varchar), 'nothing') || ' for '"
        ~ " || coalesce(cast(difference_log as varchar), 'nothing')",
        rule="'contributions add up to the difference of ln K'"
    ) }}
from added
where not coalesce(abs(contributions_log - difference_log) <= 1e-9, false)
