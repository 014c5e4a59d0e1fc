-- depends on no relation: what is read stands in the declarations of the seeds and in the vars
{% for name in input_names('inputs') -%}
    select
        '{{ name }}' as input_name,
        {{ sql_text(input_label(name)) }} as place,
        '{{ input_source(name).kind }}' as kind,
        '{{ named_by(name) | join(', ') }}' as key_columns,
        '{{ input_key(name) | join(', ') }}' as row_key,
        {{ whole_number('gate_max_rows') }} as gate_max_rows
    {{ 'union all' if not loop.last }}
{% endfor %}
