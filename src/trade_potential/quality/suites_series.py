"""What the gate expects of levels and of whole series: each beside a witness.

A series in another unit, of another economy or of other years hardly ever jumps. It stands out
beside another vintage, another source, or what must follow from other figures. Where the odds are
beyond doubt the gate is closed, otherwise it warns: limits have the largest real value beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trade_potential.quality.checks import Check, limited, unlike

OTHER_VINTAGE = "other vintage of the series"
OTHERS = "figures of other economies"
SAME_ECONOMY = "other figures of the same economy"
BESIDE = "{value} in {witness_year}, where the vintage of {witness_date} has {witness_value}"


def _series(suite: str) -> tuple[Check, ...]:
    given: dict[str, Any] = {"of": "series", "witness": OTHER_VINTAGE, "says": BESIDE}
    return (
        # Real: 1.90 (Zimbabwe in other international $); a wrong unit gives 10 and more.
        *limited(
            suite,
            "level_factor",
            (2, 5),
            "the median year is at most {limit} times, and at "
            "least 1/{limit} of, that of another vintage",
            **given,
        ),
        # Real: 27.7 (Sudan's imports of 2019), 20 of 10,645 above 3.
        *limited(
            suite,
            "broken_factor",
            (3, 100),
            "no year is further than {limit} times from another vintage, the median year apart",
            **given,
        ),
        # Real: 17.2 (Sudan), 10 of 10,645 above 2.
        *limited(
            suite,
            "block_factor",
            (2, 50),
            "no three years are further than {limit} times "
            "from another vintage, the median year apart",
            **given,
        ),
        # Real: 24.9 (South Sudan 2016), then 3.5.
        *limited(
            suite,
            "growth_gap",
            (3, None),
            "no three years are further than {limit} points from another vintage",
            **given,
        ),
        # Real: 30.9 (research in Gambia moved by a year), then 5.2 (Guinea-Bissau).
        *limited(
            suite,
            "year_ratio",
            (4.5, None),
            "the series is not {limit} times nearer to the "
            "figures that another vintage has of the years beside",
            **given,
        ),
        # Real: Venezuela's exports and imports of 2007-2011, Kiribati's telephones.
        *limited(
            suite,
            "zero_years",
            (0, None),
            "no figure is 0 where another vintage is above 0",
            **given,
        ),
        unlike(
            suite,
            "swapped_with",
            "the series is nearest to its own past, not to that of another economy",
            of="series",
            witness=OTHER_VINTAGE,
        ),
        unlike(
            suite,
            "figures_of",
            "the series is nearest to its own past, not to that of another indicator",
            of="series",
            witness=OTHER_VINTAGE,
        ),
        # Real: Vanuatu's imports, the United Arab Emirates' GDP per head, by chance.
        unlike(
            suite,
            "years_swapped",
            "no two years have each the other's figure of another vintage",
            of="series",
            witness=OTHER_VINTAGE,
        ),
        # Real: 26 of 10,645, such as exports of Nigeria and Myanmar in the newest vintage.
        unlike(
            suite,
            "dropped_by",
            "a series of four years and more is held by the next vintage",
            of="series",
            witness=OTHER_VINTAGE,
        ),
        # Small states are given the figures of the large neighbour.
        unlike(
            suite,
            "copy_of",
            "no two economies share three figures of five digits and more",
            of="series",
            witness=OTHERS,
        ),
        # Real: 6 (Kosovo's telephones, Qatar's internet users). One digit less counts two years.
        *limited(
            suite,
            "repeated_years",
            (2, None),
            "no figure of four digits stands for more "
            "than {limit} years, none of fewer digits for two more",
            of="series",
            witness=OTHERS,
            says="{repeated_value}",
        ),
    )


def _by_indicator(
    limits: Mapping[str, tuple[float, str]], column: str, name: str, rule: str, **more: Any
) -> tuple[Check, ...]:
    """A warning for each indicator that has a limit of its own."""
    return tuple(
        check
        for code, (limit, _) in limits.items()
        for check in limited(
            "observations", column, (limit, None), rule, only=("indicator_code", code),
            name=f"{name}.{code}", **more,
        )
    )  # fmt: skip


def pair(name: str) -> str:
    """What is said of an economy by the columns of a pair (identities, mirrors)."""
    return f"{{{name}_value}} in {{{name}_year}}, where they give {{{name}_witness}}"


_NEWEST: dict[str, Any] = {"of": "series", "witness": OTHER_VINTAGE}
_SAME: dict[str, Any] = {"of": "economies", "witness": SAME_ECONOMY}
# Largest real factors by which the ratio to the vintage before changes from one year to the next.
STEPS = {
    "NY.GDP.PCAP.PP.KD": (1.25, "Turks and Caicos Islands, 1.79"),
    "SP.POP.TOTL": (1.15, "Qatar, 1.13"),
}
"""By indicator whose revisions are smooth: the factor from which it warns, the largest real one."""
STEP_CHECKS = _by_indicator(
    STEPS, "step", "step", "from one year to the next the ratio to the vintage before changes by "
    "less than {limit} times", **_NEWEST,
)  # fmt: skip

# fmt: off
SERIES_CHECKS: tuple[Check, ...] = (
    *_series("observations"),
    *_series("world_observations"),

    # Real: estimates between surveys that the source withdrew (internet users of India, Uganda).
    unlike("observations", "years_lost", "a series holds the years that the vintage before has, "
           "where it has them of most economies", **_NEWEST),
    # Real: 8 (Norway and Luxembourg, early years).
    *limited("observations", "kept_figures", (8, None), "where hardly any figure is that of the "
             "vintage before, at most {limit} of a revised series are", **_NEWEST),
    # Real: none of 204 series of internet users; no other indicator keeps as much.
    *limited("observations", "rewritten", (0, None), "where 99 % of the series keep some figure "
             "of the vintage before, to the last digit, each does", **_NEWEST),
    # Real: 7 (internet users of Saint Kitts and Nevis).
    *limited("observations", "line_years", (7, None), "no more than {limit} figures lie on a "
             "straight line", of="series", witness=OTHERS),
    # Real: 18.4 (servers of the Virgin Islands), 15.3 (telephones of South Sudan).
    *limited("observations", "last_factor", (20, 200), "the last two figures are less than {limit} "
             "times, and more than 1/{limit} of, the one before", of="series", witness=OTHERS),
    # Real: none of three years.
    unlike("observations", "same_as", "no indicator has three figures of five digits of another, "
           "of the same economy", of="series", witness=OTHERS),
    *STEP_CHECKS,

    # Real: .07 (Timor-Leste) to 2.2 (Macao).
    *limited("observations", "exports_level", (15, 50), "exports are at most {limit} times, and at "
             "least 1/{limit} of, imports", low=True, says=pair("exports"), **_SAME),
    # Real: 1.000 of most economies; 1.30 (Cabo Verde), .. 1.017 (Malawi), then 1.011.
    *limited("observations", "merchandise_factor", (1.012, None), "merchandise trade in US$ (GDP "
             "times its share) is in two thirds of the years within {limit} times that of some "
             "older vintage", says="GDP {merchandise_gdp} times, its share {merchandise_share} "
             "times in the median year", **_SAME),
    # Real: 2.6 (Zimbabwe), 1.26 (Norway).
    *limited("observations", "prices_spike", (1.3, None), "between two years that agree current "
             "over constant international $ is within {limit} times their mean", **_SAME),
    unlike("observations", "prices_of", "GDP per head in current prices is nearest to that in "
           "constant prices of the same economy", **_SAME),
    # Real: prices of oil (Saudi Arabia, United Arab Emirates).
    unlike("observations", "prices_swapped", "GDP per head in current prices has the years of that "
           "in constant prices", **_SAME),
    # Real: .51 to 2.70 (Bermuda), poor economies below rich ones.
    *limited("observations", "income_level", (3.3, 10), "GDP is at most {limit} times, and at "
             "least 1/{limit} of, population times GDP per head in international $, over the "
             "median of all economies", low=True, says=pair("income"), **_SAME),
    # Real: 2.59 (Nigeria), 2.18 (Zimbabwe).
    *limited("observations", "income_broken", (2.7, None), "GDP over population times GDP per "
             "head is never further than {limit} times from its median", says=pair("income"),
             **_SAME),
    # Real: 1.84 (Turks and Caicos Islands), 1.57 (Libya), 1.32 (Sao Tome and Principe).
    *limited("observations", "deflator_level", (1.35, 5), "current over constant international $ "
             "is that of all economies, within {limit} times", low=True, says=pair("deflator"),
             **_SAME),
    # Real: 2.58 (Zimbabwe), 1.84 (Turks and Caicos Islands).
    *limited("observations", "deflator_broken", (2, None), "current over constant international $ "
             "is never further than {limit} times from its median", says=pair("deflator"),
             **_SAME),
    # Real: .18 (Luxembourg, services) to 1.57 (Sudan).
    *limited("observations", "goods_level", (6, 60), "merchandise trade is at most {limit} times, "
             "and at least 1/{limit} of, exports and imports of goods and services", low=True,
             says=pair("goods"), **_SAME),
    # Real: 8.1 (Aruba), 7.1 (Sudan), 6.8 (Djibouti), 3.8 (Gambia), then 2.9.
    *limited("observations", "goods_broken", (3, None), "merchandise trade over exports and "
             "imports is never further than {limit} times from its median", says=pair("goods"),
             **_SAME),
    # Real: .028 points (Venezuela), the digits of the index.
    *limited("observations", "inflation_gap", (0.1, None), "inflation is the change of the price "
             "index, within {limit} points", says=pair("inflation"), **_SAME),
    # Real: none.
    *limited("observations", "parts_of_servers", (0, None), "servers per million times population "
             "are a whole number", says="{servers_value} servers in {servers_year}", **_SAME),
    *limited("observations", "tens_of_servers", (0, None), "servers per million times population "
             "are not a multiple of ten in every year: no other unit", **_SAME),
    # Real: .07 in 2023 (scores of one decimal), 3e-6 in other editions.
    *limited("observations", "score_gap", (0.08, None), "the overall score follows from its six "
             "parts, within {limit}", of="scores", witness=OTHERS,
             says="{score}, where its parts give {score_of_parts}"),
    *limited("observations", "exact_score_gap", (0.001, None), "the overall score follows from its "
             "six parts, within {limit} where it does for most economies", of="scores",
             witness=OTHERS, says="{score}, where its parts give {score_of_parts}"),
)
# fmt: on

# Largest real factors, of which both sides are judged alike.
USUAL = {
    "GB.XPD.RSDV.GD.ZS": (11, "Mauritania, .10"),
    "IT.CEL.SETS.P2": (4, "Micronesia, .29"),
    "IT.MLT.MAIN.P2": (11, "Eritrea, 21"),
    "IT.NET.BBND.P2": (50, "Sierra Leone, .017"),
    "IT.NET.SECR.P6": (30, "Iraq, .019"),
    "IT.NET.USER.ZS": (7, "Somalia, .15"),
    "SE.TER.CUAT.BA.ZS": (4, "Sri Lanka, .08"),
    "SE.TER.ENRR": (4, "Suriname, .12"),
}
"""By indicator: the factor to what is usual from which it warns, and the largest real one."""
PEER_CHECKS = _by_indicator(
    USUAL, "usual_factor", "peers", "the figure is within {limit} times what income and access to "
    "the internet make usual", low=True, of="peers", witness=OTHERS,
)  # fmt: skip
