{#- English; other languages are rows of dim_label. -#}
{% macro join_label(alias, code_kind, code) -%}
    left join {{ ref('stg_study__labels') }} as {{ alias }}
        on
            {{ alias }}.code_kind = '{{ code_kind }}'
            and {{ alias }}.language = 'en'
            and {{ alias }}.code = {{ code }}
{%- endmacro %}


{% macro one_key(parts) -%}
    {% for part in parts -%}
        {{ part }}{{ " || '/' || " if not loop.last }}
    {%- endfor %}
{%- endmacro %}
