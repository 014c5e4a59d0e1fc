{{ staged(source('inputs', 'world_trade')) }}
