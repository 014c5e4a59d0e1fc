-- Products within each pair: the only other pass over the rows; everything later reads pairs.
with products as (
    {{ centred_products(
        ref('int_gravity__sample'), ref('int_gravity__pair_means'),
        ['study_id', 'spec_id', 'partner_iso3'], slots()
    ) }}
)

select
    study_id,
    spec_id,
    partner_iso3,
    {% for i in slots() -%}
        {% for j in slots() if j >= i -%}
            c_{{ i }}_{{ j }},
        {% endfor -%}
    {% endfor -%}
    row_count
from products
order by study_id, spec_id, partner_iso3   -- sums over pairs keep one order
