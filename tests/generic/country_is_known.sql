{#- The column is an ISO 3166 alpha-3 code or a code that country_code_mappings explains. -#}
{% test country_is_known(model, column_name) %}

    select
        {{ complaint(
            model, column_name, complaint_key([column_name]),
            'the code is a country_iso3 of ' ~ seed_file(ref('stg_inputs__countries'))
            ~ ' or a source_code of ' ~ seed_file(ref('stg_inputs__country_code_mappings'))
        ) }} as complaint
    from {{ model }} as child
    where
        not exists (
            select 1 from {{ ref('stg_inputs__countries') }} as country
            where country.country_iso3 = child.{{ column_name }}
        )
        and not exists (
            select 1 from {{ ref('stg_inputs__country_code_mappings') }} as mapping
            where mapping.source_code = child.{{ column_name }}
        )
    order by {{ place_columns(model) }}, complaint

{% endtest %}
