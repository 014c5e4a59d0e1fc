-- Location and scale by which each variable of an index is normalised over its sample.
with range_rows as (
    {% for k in slots(1) -%}
        select
            study_id,
            index_spec_id,
            {{ k }} as position,
            row_count,
            m{{ k }} as value_mean,
            s{{ k }} as value_sd,
            lo{{ k }} as value_min,
            hi{{ k }} as value_max
        from {{ ref('int_index__statistics') }}
        {% if not loop.last %}union all{% endif %}
    {% endfor -%}
)

select
    range_rows.study_id,
    range_rows.index_spec_id,
    terms.variable,
    specifications.normalisation,
    range_rows.position,
    range_rows.row_count,
    range_rows.value_mean,
    range_rows.value_sd,
    range_rows.value_min,
    range_rows.value_max,
    case specifications.normalisation
        when 'zscore' then range_rows.value_mean
        when 'minmax' then range_rows.value_min
    end as location,
    nullif(
        case specifications.normalisation
            when 'zscore' then range_rows.value_sd
            when 'minmax' then range_rows.value_max - range_rows.value_min
        end, 0
    ) as scale
from range_rows
inner join {{ ref('stg_study__index_terms') }} as terms
    on
        range_rows.index_spec_id = terms.index_spec_id
        and range_rows.position = terms.position
inner join {{ ref('stg_study__index_specifications') }} as specifications
    on range_rows.index_spec_id = specifications.index_spec_id
