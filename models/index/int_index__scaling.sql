-- Location and scale by which each variable of an index is normalised over its sample.
{% set columns = {
    'value_mean': 'sample.o{k} + sample.m{k}',
    'value_sd': 'sample.s{k}',
    'value_min': 'sample.o{k}',
    'value_max': 'sample.hi{k}',
} -%}
with range_rows as (
    select
        sample.study_id,
        sample.index_spec_id,
        terms.variable,
        terms.position,
        {% for column, expression in columns.items() -%}
            case terms.position
                {% for k in slots(1) -%}
                    when {{ k }} then {{ expression | replace('{k}', k | string) }}
                {% endfor -%}
            end as {{ column }},
        {% endfor -%}
        sample.row_count
    from {{ ref('int_index__statistics') }} as sample
    inner join {{ ref('stg_study__index_terms') }} as terms
        on sample.index_spec_id = terms.index_spec_id
)

select
    range_rows.study_id,
    range_rows.index_spec_id,
    range_rows.variable,
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
inner join {{ ref('stg_study__index_specifications') }} as specifications
    on range_rows.index_spec_id = specifications.index_spec_id
