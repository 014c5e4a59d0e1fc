-- What a replication reads, each series as one number: the sum of the logarithms of its values,
-- each times its place in the series, so that a value that is changed, exchanged, added or missing
-- shows.
with needed as (
    {% for study, kind, series_of in [
        ('study_id', 'trade', 'study_id'), ('k_study_id', 'trade', 'k_study_id'),
        ('study_id', 'index', 'index_spec_id'), ('study_id', 'gravity', 'spec_id'),
        ('k_study_id', 'gravity', 'k_spec_id'),
    ] -%}
        select
            replication_id,
            {{ study }} as study_id,
            '{{ kind }}' as series_kind,
            {{ series_of }} as series_of
        from {{ ref('stg_study__replications') }}
        {% if not loop.last %}union{% endif %}
    {% endfor -%}
),

series as (
    {% for column in ['exports_usd', 'imports_usd', 'ecommerce_share'] -%}
        select
            study_id,
            'trade' as series_kind,
            study_id as series_of,
            '{{ column }}' as series,
            partner_code as place,
            year,
            {{ column }} as series_value
        from {{ ref('int_panel__outcomes') }}
        where {{ column }} is not null

        union all

    {% endfor -%}
    select
        study_id,
        spec_kind as series_kind,
        spec_id as series_of,
        variable as series,
        country_iso3 as place,
        year,
        variable_value as series_value
    from {{ ref('int_panel__variables') }}
),

placed as (
    select
        needed.replication_id,
        needed.series_kind,
        needed.series_of,
        series.series,
        sign(series.series_value) * ln(1 + abs(series.series_value)) as log_value,
        row_number() over (
            partition by
                needed.replication_id, needed.series_kind, needed.series_of, series.series
            order by series.place, series.year, series.series_value
        ) as place_rank
    from needed
    inner join {{ ref('stg_study__studies') }} as studies
        on needed.study_id = studies.study_id
    inner join series
        on
            needed.study_id = series.study_id
            and needed.series_kind = series.series_kind
            and needed.series_of = series.series_of
            and series.year between studies.first_year and studies.last_year
)

select
    replication_id,
    series_kind,
    series_of,
    series,
    cast(count(*) as integer) as row_count,
    sum(place_rank * log_value) as fingerprint
from placed
group by replication_id, series_kind, series_of, series
