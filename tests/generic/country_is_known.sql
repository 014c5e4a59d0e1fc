{#- The column of an input is an ISO 3166 alpha-3 code or a code that country_code_mappings explains. -#}
{% test country_is_known(model, column_name) %}

    {%- set rows = staged_rows() %}
    select
        {{ complaint(
            rows, column_name, joined([column_name]),
            'the code is a country_iso3 of ' ~ input_label('countries')
            ~ ' or a source_code of ' ~ input_label('country_code_mappings')
        ) }}
    from {{ rows }} as child
    where
        not exists (
            select 1 from {{ ref('stg_inputs__countries') }} as country
            where country.country_iso3 = child.{{ column_name }}
        )
        and not exists (
            select 1 from {{ ref('stg_inputs__country_code_mappings') }} as mapping
            where mapping.source_code = child.{{ column_name }}
        )
    order by {{ complaint_order() }}

{% endtest %}
