-- Does the index say of economies what others measured? Rank correlations with each measure and
-- year, beside those of GDP per head, and what the index adds to it.
{% set run = ['study_id', 'index_spec_id', 'measure', 'year'] -%}
{% set ranks = ['index', 'gdp', 'measure'] -%}
{% set squares = [('index', 'index'), ('gdp', 'gdp'), ('measure', 'measure')] -%}
{% set products = [('index', 'measure'), ('gdp', 'measure'), ('index', 'gdp')] + squares -%}
{% set same = 1e-9 -%} {#- Of a few hundred ranks no two orders are as near to each other. -#}
{% set normal_quantile = 1.959963984540054 -%} {#- 95 % of a standard normal lie within it. -#}
{% set least = whole_number('validity_min_economies') -%}
{% set strong = whole_number('validity_strong_pct') / 100 -%}
{% set moderate = whole_number('validity_moderate_pct') / 100 -%}
with measures as (
    select
        measure,
        country_iso3,
        method,
        year,
        case direction
            when 'lower is more developed' then -measured_value
            else measured_value
        end as oriented_value
    from {{ ref('gate_ecommerce_measures') }}
),

measured as (
    select
        measure,
        year,
        max(method) as method,
        count(*) as measured_count
    from measures
    group by measure, year
),

asked as (
    select
        indices.study_id,
        indices.index_spec_id,
        measured.measure,
        measured.year,
        measured.method,
        measured.measured_count
    from (
        select distinct
            study_id,
            index_spec_id,
            year
        from {{ ref('fct_development_index') }}
    ) as indices
    inner join measured
        on indices.year = measured.year
),

economies as (
    select
        indices.study_id,
        indices.index_spec_id,
        measures.measure,
        indices.year,
        indices.country_iso3,
        indices.development_index as index_value,
        panel.gdp_per_capita_ppp_intl_usd as gdp_value,
        measures.oriented_value as measure_value
    from {{ ref('fct_development_index') }} as indices
    inner join {{ ref('fct_country_year') }} as panel
        on
            indices.study_id = panel.study_id
            and indices.country_iso3 = panel.country_iso3
            and indices.year = panel.year
    inner join measures
        on
            indices.country_iso3 = measures.country_iso3
            and indices.year = measures.year
    where panel.gdp_per_capita_ppp_intl_usd is not null
),

-- ranks of ties are their mean: halves, whose sums and products are exact in any order
ranked as (
    select
        {% for key in run -%}
            {{ key }},
        {% endfor -%}
        {% for name in ranks -%}
            rank() over (partition by {{ run | join(', ') }} order by {{ name }}_value)
            + (count(*) over (partition by {{ run | join(', ') }}, {{ name }}_value) - 1) / 2.0
                as {{ name }}_rank,
        {% endfor -%}
        country_iso3
    from economies
),

-- of Spearman: products of ranks about their mean, (n + 1) / 2
rank_sums as (
    select
        {% for key in run -%}
            {{ key }},
        {% endfor -%}
        {% for one, other in products -%}
            sum({{ one }}_rank * {{ other }}_rank) - count(*) * power((count(*) + 1) / 2.0, 2)
                as {{ one }}_{{ other }},
        {% endfor -%}
        count(*) as economy_count
    from ranked
    group by {{ run | join(', ') }}
),

-- of Kendall: products of signs of differences, over pairs of economies
pair_sums as (
    select
        {% for key in run -%}
            one.{{ key }},
        {% endfor -%}
    {% for a, b in products -%}
        cast(
            sum(
                sign(one.{{ a }}_rank - other.{{ a }}_rank)
                * sign(one.{{ b }}_rank - other.{{ b }}_rank)
            ) as double precision
        ) as {{ a }}_{{ b }}{{ ',' if not loop.last }}
    {% endfor %}
    from ranked as one
    inner join ranked as other
        on
            {% for key in run -%}
                one.{{ key }} = other.{{ key }}
                and {% endfor -%}
            one.country_iso3 < other.country_iso3
    group by
    {% for key in run -%}
            one.{{ key }}{{ ',' if not loop.last }}
    {% endfor %}
),

runs as (
    select
        {% for key in run -%}
            asked.{{ key }},
        {% endfor -%}
        asked.method,
        asked.measured_count,
        coalesce(by_rank.economy_count, 0) as economy_count,
        {% for relation, kind in [('by_rank', 'spearman'), ('by_pair', 'kendall')] -%}
            {% for one, other in products if one != other -%}
                {{ relation }}.{{ one }}_{{ other }}
                / sqrt(
                    nullif(
                        {{ relation }}.{{ one }}_{{ one }} * {{ relation }}.{{ other }}_{{ other }},
                        0
                    )
                )
                    as {{ kind }}_{{ one }}_{{ other }},
            {% endfor -%}
        {% endfor -%}
    {% for name, _ in squares -%}
        by_rank.{{ name }}_{{ name }} = 0 as is_{{ name }}_constant{{ ',' if not loop.last }}
    {% endfor %}
    from asked
    {% for relation, sums in [('by_rank', 'rank_sums'), ('by_pair', 'pair_sums')] -%}
        left join {{ sums }} as {{ relation }}
            on
        {% for key in run -%}
                asked.{{ key }} = {{ relation }}.{{ key }}
                {{ 'and ' if not loop.last }}
        {%- endfor %}
    {% endfor %}
),

found as (
    select
        {% for key in run -%}
            runs.{{ key }},
        {% endfor -%}
        runs.method,
        runs.measured_count,
        runs.economy_count,
        wanted.ranked_by,
        wanted.statistic,
        case
            when runs.economy_count < {{ least }} then null
            when wanted.ranked_by = 'development_index_given_gdp'
                then
                    (
                        runs.spearman_index_measure
                        - runs.spearman_gdp_measure * runs.spearman_index_gdp
                    )
                    / sqrt(
                        nullif(
                            greatest(
                                (1 - runs.spearman_gdp_measure * runs.spearman_gdp_measure)
                                * (1 - runs.spearman_index_gdp * runs.spearman_index_gdp),
                                0
                            ),
                            0
                        )
                    )
            {% for subject, name in [('development_index', 'index'), ('gdp_per_capita', 'gdp')] -%}
                {% for kind in ['spearman', 'kendall'] -%}
                    when wanted.ranked_by = '{{ subject }}' and wanted.statistic = '{{ kind }}'
                        then runs.{{ kind }}_{{ name }}_measure
                {% endfor -%}
            {% endfor -%}
        end as rank_correlation,
        case
            when runs.is_measure_constant then runs.measure
            when runs.is_index_constant and wanted.ranked_by <> 'gdp_per_capita'
                then 'development_index'
            when runs.is_gdp_constant and wanted.ranked_by <> 'development_index'
                then 'gdp_per_capita'
        end as constant_name,
        wanted.ranked_by = 'development_index_given_gdp'
        and 1 - greatest(abs(runs.spearman_gdp_measure), abs(runs.spearman_index_gdp)) < {{ same }}
            as is_collinear
    from runs
    cross join (
        values
        ('development_index', 'spearman'),
        ('development_index', 'kendall'),
        ('gdp_per_capita', 'spearman'),
        ('gdp_per_capita', 'kendall'),
        ('development_index_given_gdp', 'partial_spearman')
    ) as wanted (ranked_by, statistic)
),

judged as (
    select
        found.*,
        case
            when found.economy_count < {{ least }} then 'too_few_economies'
            when found.constant_name is not null then 'constant'
            when found.is_collinear then 'collinear'
            when 1 - abs(found.rank_correlation) < {{ same }} then 'no_interval'
            else 'ok'
        end as status
    from found
),

-- Fisher's z: Bonett and Wright (2000) for Spearman's, Fieller, Hartley and Pearson (1957) for
-- Kendall's; a variable that is held costs one economy
intervals as (
    select
        judged.*,
        case
            when
                judged.status = 'ok'
                then ln((1 + judged.rank_correlation) / (1 - judged.rank_correlation)) / 2
        end as z,
        case
            when judged.status <> 'ok' then null
            when judged.statistic = 'kendall' then sqrt(0.437 / (judged.economy_count - 4))
            else
                sqrt(
                    (1 + judged.rank_correlation * judged.rank_correlation / 2)
                    / (
                        judged.economy_count
                        - case judged.statistic when 'spearman' then 3 else 4 end
                    )
                )
        end as z_se
    from judged
),

bounded as (
    select
        intervals.*,
        1 - 2 / (exp(2 * (intervals.z - {{ normal_quantile }} * intervals.z_se)) + 1) as ci_low,
        1 - 2 / (exp(2 * (intervals.z + {{ normal_quantile }} * intervals.z_se)) + 1) as ci_high,
    {% for name, limit in {'strong': strong, 'moderate': moderate}.items() -%}
        -- of Kendall's tau what a normal pair with the limit of Spearman's rho has
        case intervals.statistic
            when 'kendall' then 2 * asin(2 * sin(pi() * {{ limit }} / 6)) / pi()
            else {{ limit }}
        end as {{ name }}_limit{{ ',' if not loop.last }}
    {% endfor %}
    from intervals
)

select
    study_id,
    index_spec_id,
    measure,
    ranked_by,
    statistic,
    year,
    method,
    status,
    case status
        when 'too_few_economies'
            then
                economy_count || ' of ' || measured_count
                || ' economies have the index and GDP per head, at least {{ least }} are needed'
        when 'constant' then constant_name || ' is the same in all economies'
        when 'collinear' then 'GDP per head orders the economies as the index or the measure does'
        when 'no_interval' then 'the two orders are the same, or each other reversed'
    end as reason,
    case
        when ci_low is null then null
        when ci_high < 0 then 'reversed'
        when ci_low <= 0 then 'not_shown'
        when ci_low < moderate_limit then 'weak'
        when ci_low < strong_limit then 'moderate'
        else 'strong'
    end as verdict,
    cast(measured_count as integer) as measured_count,
    cast(economy_count as integer) as economy_count,
    case when status in ('ok', 'no_interval') then rank_correlation end as rank_correlation,
    ci_low as rank_correlation_ci_low,
    ci_high as rank_correlation_ci_high
from bounded
