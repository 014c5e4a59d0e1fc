-- The intervals of the classes cover every K above 0 once.
select
    {{ complaint_of(
        key="study_id || ', ' || spec_id || ', ' || estimator || ', ' || reporter_iso3 || '-'"
        ~ " || partner_iso3 || ', ' || year",
        value="'K = ' || k_ratio || ' has no class'", rule="'the classes cover every K above 0'"
    ) }}
from {{ ref('fct_trade_potential') }}
where potential_class is null and k_status = 'ok'
