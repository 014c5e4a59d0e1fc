-- A specification without a term has no row, and no one would learn why.
{% for kind, key, said in [
    ('gravity', 'spec_id', 'the specification'), ('index', 'index_spec_id', 'the index')
] -%}
    select
        {{ complaint(
            ref('stg_study__' ~ kind ~ '_specifications'), key, key,
            said ~ ' has a term in seeds/study/' ~ kind ~ '_terms.csv'
        ) }}
    from {{ ref('stg_study__' ~ kind ~ '_specifications') }} as specifications
    where
        not exists (
            select 1
            from {{ ref('stg_study__' ~ kind ~ '_terms') }} as terms
            where terms.{{ key }} = specifications.{{ key }}
        )
    {% if not loop.last %}union all{% endif %}
{% endfor -%}
order by {{ complaint_order() }}
