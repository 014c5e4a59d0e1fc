{#- Condition that lets rows through only while no published number differs from its second computation. -#}
{% macro audit_agrees() -%}
    not exists (
        select 1
        from {{ ref('est_audit') }} as audit
        where audit.status = 'differs'
    )
{%- endmacro %}
