-- K, class and status of a flow belong together, and places lie where places can lie.
with checked as (
    select
        study_id,
        flow,
        exporter_iso3,
        importer_iso3,
        year,
        case
            when not (predicted_usd > 0 and actual_usd >= 0 and k_ratio >= 0)
                then 'trade is 0 or more, its prediction above 0'
            when (k_status = 'no_recorded_trade') <> (k_ratio = 0)
                then 'K is 0 where no trade is recorded, and nowhere else'
            when (k_status = 'ok') <> (potential_class is not null)
                then 'a class where the status is ok, and nowhere else'
            when k_percentile is null or k_percentile <= 0 or k_percentile >= 100
                then 'a percentile lies between 0 and 100'
            when size_band not between 1 and {{ size_bands() }} or band_pairs < 1
                then 'a band is 1 to {{ size_bands() }}'
            when (pair_out_method = 'no_effect') <> (k_pair_out_ratio is null)
                then 'K without the pair is there where the pair could be left out'
        end as rule
    from {{ ref('int_structural__flows') }}
)

select
    {{ complaint_of(
        key="study_id || ', ' || flow || ' ' || exporter_iso3 || '-' || importer_iso3 || ', ' || year",
        value="'not so'", rule='rule'
    ) }}
from checked
where rule is not null
