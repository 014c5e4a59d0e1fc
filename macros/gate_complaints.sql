{#- One sentence per failed expectation of a severity: file, line, column, key and value, rule.
    failing_keys starts with "line 123: "; the column is put in behind the line. -#}
{% macro gate_complaints(severity) -%}
    select
        file
        || case
            when failing_keys = '' then ', column ' || column_name || ': ' || observed
            else
                ', ' || substr(failing_keys, 1, position(': ' in failing_keys) - 1)
                || ', column ' || column_name
                || substr(failing_keys, position(': ' in failing_keys))
        end
        || case
            when failing_count > 10
                then '; and ' || cast(failing_count - 10 as varchar) || ' rows more' else ''
        end
        || ' (rule: ' || rule || '; suite ' || suite || ', severity ' || severity || ')' as complaint
    from {{ ref('gate_results') }}
    where severity = '{{ severity }}' and not passed
{%- endmacro %}
