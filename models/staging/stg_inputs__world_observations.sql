{{ staged(source('inputs', 'world_observations')) }}
