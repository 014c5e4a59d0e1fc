{{ staged(source('inputs', 'agreement_spells')) }}
