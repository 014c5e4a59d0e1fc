-- depends on no relation: what is read stands in the vars
{% for name in [
    'sources', 'countries', 'country_code_mappings', 'indicators', 'observation_vintages', 'observations', 'trade_flows',
    'country_pairs', 'oil_prices', 'ecommerce_volumes', 'total_trade', 'total_trade_press', 'exchange_rates',
    'trade_agreements',
] -%}
    select
        '{{ name }}' as input_name,
        {{ sql_text(input_label(name)) }} as place,
        '{{ input_source(name).kind }}' as kind,
        {{ whole_number('gate_max_rows', 1, 1000000000) }} as gate_max_rows
    {{ 'union all' if not loop.last }}
{% endfor %}
