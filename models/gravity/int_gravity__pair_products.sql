-- Products within each pair: the only other pass over the rows; everything later reads pairs.
with products as (
    {{ centred_products(
        ref('int_gravity__shifted_sample'), ref('int_gravity__pair_means'),
        ['study_id', 'spec_id', 'pair_id'], slots()
    ) }}
)

select
    study_id,
    spec_id,
    pair_id,
    {% for i in slots() -%}
        {% for j in slots() if j >= i -%}
            c_{{ i }}_{{ j }},
        {% endfor -%}
    {% endfor -%}
    row_count
from products
order by study_id, spec_id, pair_id   -- sums over pairs keep one order
