{{ staged(source('inputs', 'world_pairs')) }}
