{#- Stored by pair and year: scans by pair cost half, sums keep one order. -#}
{% macro gravity_sample(condition) -%}
    select
        study_id,
        spec_id,
        pair_id,
        reporter_iso3,
        partner_iso3,
        scale_kind,
        outcome_transform,
        year,
        actual_usd,
        outcome_divisor_usd,
        {% for k in slots() -%}
            v{{ k }},
        {% endfor -%}
        imputed_share,
        is_unreported
    from {{ ref('int_gravity__candidates') }}
    where {{ condition }}
    order by study_id, spec_id, pair_id, year
{%- endmacro %}
