{#- One sentence per failed expectation of a severity: file, line, column, key and value, rule. failing_keys starts with the
    place, "line 123: ", for a table "key: "; the column is put in behind it. Of Parquet the place tells the file as well. -#}
{% macro gate_complaints(severity) -%}
    select
        case
            when failing_keys = '' then file || ', column ' || column_name || ': ' || observed
            else
                case when failing_keys like 'line %' or failing_keys like 'key: %' then file || ', ' else '' end
                || substr(failing_keys, 1, position(': ' in failing_keys) - 1)
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
