-- What is typical of a band of predicted size.
select
    study_id,
    flow,
    year,
    size_band,
    avg(middle_k_ratio) as k_median
from {{ ref('int_structural__flows') }}
group by study_id, flow, year, size_band
