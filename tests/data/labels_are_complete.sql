-- Every code that people read in a report has a label in each language.
{%- set codes = {
    'un_region': [('rpt_answer', 'un_region')],
    'income_group': [('rpt_answer', 'income_group')],
    'estimator': [('dim_estimator', 'estimator')],
    'estimator_status': [('rpt_trade_potential', 'estimator_status')],
    'k_status': [('rpt_answer', 'k_status'), ('fct_trade_potential', 'k_status')],
    'probability_status': [
        ('rpt_answer', 'probability_status'), ('fct_trade_potential', 'probability_status'),
    ],
    'answer_certainty': [('rpt_answer', 'answer_certainty')],
    'potential_class': [('dim_potential_class', 'potential_class')],
    'pair_out_method': [('rpt_answer', 'pair_out_method')],
    'trade_source': [('rpt_trade_potential', 'trade_source'), ('rpt_answer', 'trade_source')],
    'flow': [('rpt_answer', 'flow')],
    'scale_kind': [('rpt_trade_potential', 'scale_kind')],
    'country': [('dim_country', 'country_iso3')],
} %}

with codes as (
    {% for kind, places in codes.items() -%}
        {%- set outer = loop -%}
        {%- for mart, column in places -%}
            select distinct
                '{{ kind }}' as code_kind,
                {{ column }} as code
            from {{ ref(mart) }}
            {{ 'union' if not (loop.last and outer.last) }}
        {% endfor -%}
    {%- endfor %}
),

languages as (
    select distinct language
    from {{ ref('stg_study__labels') }}
)

select
    {{ complaint_of(
        file="'seeds/study/labels.csv'",
        key="codes.code_kind || ', ' || codes.code || ', ' || languages.language",
        column="'label'",
        value="'missing'",
        rule="'every code that a report shows has a label in every language'"
    ) }}
from codes
cross join languages
left join {{ ref('dim_label') }} as labels
    on
        codes.code_kind = labels.code_kind
        and codes.code = labels.code
        and languages.language = labels.language
where codes.code is not null and labels.label is null
