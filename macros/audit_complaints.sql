{% macro audit_complaints(audit) -%}
    select
        {{ complaint_of(
            key="study_id || case when spec_id = '' then '' else ', ' || spec_id end"
            ~ " || case when estimator = '' then '' else ', ' || estimator end"
            ~ " || case when covariance = '' then '' else ', ' || covariance end"
            ~ " || case when study_id = '' then '' else ', ' end || quantity"
            ~ " || case when term = '' then '' else ' ' || term end",
            value="'published ' || coalesce(cast(published as varchar), 'nothing')"
            ~ " || ', ' || reference || ' says ' || coalesce(cast(recomputed as varchar), 'nothing')"
            ~ " || case when reason = '' then '' else ' (' || reason || ')' end"
            ~ " || coalesce(', relative difference ' || cast(relative_difference as varchar), '')",
            rule="'both computations agree to ' || cast(tolerance as varchar)"
        ) }}
    from {{ ref(audit) }}
    where status = 'differs'
{%- endmacro %}
