{% macro check_vars() -%}
    {%- for name in whole_numbers() -%}
        {%- do whole_number(name) -%}
    {%- endfor -%}
    {%- if var('validity_moderate_pct') >= var('validity_strong_pct') -%}
        {{ refuse_var('validity_moderate_pct', 'less than validity_strong_pct') }}
    {%- endif -%}
    {%- do robust_share() -%}
    {%- if var('own_folder') is not string or not var('own_folder') | trim -%}
        {{ refuse_var('own_folder', 'a path') }}
    {%- endif -%}
    {%- if var('release_path') is not string or not var('release_path') | trim -%}
        {{ refuse_var('release_path', 'a path') }}
    {%- endif -%}
    {%- if execute -%}
        {%- set names = input_declarations() | map(attribute='name') | list -%}
        {%- for name in inputs_given() -%}
            {%- if name not in names -%}
                {{ refuse_inputs('names ' ~ name ~ ', which is none of ' ~ names | sort | join(', ')) }}
            {%- endif -%}
            {%- do input_source(name) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{% macro whole_numbers() -%}
    {{ return({
        'max_terms': [1, 100],
        'audit_max_rows': [1, 1000000000],
        'validity_min_economies': [5, 1000000],
        'validity_strong_pct': [2, 99],
        'validity_moderate_pct': [1, 98],
        'firm_from_pct': [50, 100],
        'leaning_from_pct': [34, 100],
        'gate_max_rows': [1, 1000000000],
        'publish_seconds': [1, 86400],
        'releases_kept': [1, 1000000],
    }) }}
{%- endmacro %}


{#- Text would be run as SQL. -#}
{% macro whole_number(name) -%}
    {%- set value = var(name) -%}
    {%- set least, most = whole_numbers()[name] -%}
    {%- if value is not integer or value < least or value > most -%}
        {{ refuse_var(name, 'a whole number from ' ~ least ~ ' to ' ~ most) }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}


{% macro refuse_var(name, wanted) -%}
    {{ exceptions.raise_compiler_error(
        'the var ' ~ name ~ ' is ' ~ tojson(var(name), var(name) | string) ~ ', not ' ~ wanted
        ~ '; correct dbt_project.yml or --vars') }}
{%- endmacro %}


{% macro max_terms() -%}
    {{ return(whole_number('max_terms')) }}
{%- endmacro %}


{% macro robust_share() -%}
    {%- set value = var('robust_class_share') -%}
    {%- if value is not number or value is boolean or value <= 0.5 or value > 1 -%}
        {{ refuse_var('robust_class_share', 'a number above 0.5 and up to 1') }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}
