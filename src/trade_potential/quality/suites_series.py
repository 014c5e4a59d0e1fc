"""What the gate expects of levels and of whole series: each beside a witness.

A series in another unit, of another economy or of other years hardly ever jumps. It stands out
beside another vintage, another source, or what must follow from other figures. Where the odds are
beyond doubt the gate is closed, otherwise it warns: limits have the largest real value beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trade_potential.quality.checks import Check, in_range, missing

OTHER_VINTAGE = "other vintage of the series"
OTHERS = "figures of other economies"
SAME_ECONOMY = "other figures of the same economy"
WORLD_TRADE = "flows of all goods in world_trade"
SHARES = "whole world_trade beside shares of GDP in observations"
COORDINATES = "coordinates in countries"
WORLD_PAIRS = "pair in world_pairs"

BESIDE = "{value} in {witness_year}, where the vintage of {witness_date} has {witness_value}"
MIRROR = "{value} in {witness_year}, where world_trade has {witness_value}"


def limited(
    suite: str,
    column: str,
    limits: Sequence[float | None],
    rule: str,
    *,
    low: bool = False,
    **more: Any,
) -> tuple[Check, ...]:
    """A warning and an error on one column.

    Args:
        suite: Name of the input.
        column: What is judged, never below 0.
        limits: Largest value without a warning, and without an error; None: none is an error.
        rule: In words, with {limit}.
        low: Whether the value is a ratio, which must not fall below 1 / limit either.
        more: Further attributes of the checks.
    """  # fmt: skip
    found = []
    for limit, severity in zip(limits, ("warning", "error"), strict=True):
        if limit is not None:
            name = f"{more.get('of', 'rows')}.{column}"
            found.append(
                in_range(
                    suite, column, 1 / limit if low else 0, limit,
                    rule.format(limit=f"{limit:g}"), severity=severity, optional=True,
                    **({"name": name if severity == "warning" else f"{name}.beyond_doubt"} | more),
                )
            )  # fmt: skip
    return tuple(found)


def unlike(suite: str, column: str, rule: str, **more: Any) -> Check:
    """The column is empty: it names whose figures these are."""
    return missing(suite, column, rule, **({"severity": "warning"} | more))


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


def _pair(name: str) -> str:
    return f"{{{name}_value}} in {{{name}_year}}, where they give {{{name}_witness}}"


_SAME: dict[str, Any] = {"of": "economies", "witness": SAME_ECONOMY}
# fmt: off
SERIES_CHECKS: tuple[Check, ...] = (
    *_series("observations"),
    *_series("world_observations"),

    # Real: .51 to 2.70 (Bermuda), poor economies below rich ones.
    *limited("observations", "income_level", (3.3, 10), "GDP is at most {limit} times, and at "
             "least 1/{limit} of, population times GDP per head in international $, over the "
             "median of all economies", low=True, says=_pair("income"), **_SAME),
    # Real: 2.59 (Nigeria), 2.18 (Zimbabwe).
    *limited("observations", "income_broken", (2.7, None), "GDP over population times GDP per "
             "head is never further than {limit} times from its median", says=_pair("income"),
             **_SAME),
    # Real: 1.84 (Turks and Caicos Islands), 1.57 (Libya).
    *limited("observations", "deflator_level", (1.9, 5), "current over constant international $ "
             "is that of all economies, within {limit} times", low=True, says=_pair("deflator"),
             **_SAME),
    # Real: 2.58 (Zimbabwe), 1.84 (Turks and Caicos Islands).
    *limited("observations", "deflator_broken", (2, None), "current over constant international $ "
             "is never further than {limit} times from its median", says=_pair("deflator"),
             **_SAME),
    # Real: .18 (Luxembourg, services) to 1.57 (Sudan).
    *limited("observations", "goods_level", (6, 60), "merchandise trade is at most {limit} times, "
             "and at least 1/{limit} of, exports and imports of goods and services", low=True,
             says=_pair("goods"), **_SAME),
    # Real: 8.1 (Aruba), 7.1 (Sudan), 6.8 (Djibouti), 3.8 (Gambia), then 2.9.
    *limited("observations", "goods_broken", (3, None), "merchandise trade over exports and "
             "imports is never further than {limit} times from its median", says=_pair("goods"),
             **_SAME),
    # Real: .028 points (Venezuela), the digits of the index.
    *limited("observations", "inflation_gap", (0.1, None), "inflation is the change of the price "
             "index, within {limit} points", says=_pair("inflation"), **_SAME),
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

    # Real: 3.6 (exports to Moldova), trade of 1e8 US$ and more.
    *limited("trade_flows", "level_factor", (4, 50), "trade with a partner is in the median year "
             "at most {limit} times, and at least 1/{limit} of, that of world_trade",
             of="partners", witness=WORLD_TRADE, says=MIRROR),
    # Real: oil of South Sudan and Niger, hardly recorded; then 12 (Bermuda, Serbia).
    *limited("trade_flows", "broken_factor", (5, None), "trade with a partner is in no year "
             "further than {limit} times from that of world_trade, the median year apart",
             of="partners", witness=WORLD_TRADE, says=MIRROR),
    # Real: 2.27 (South Sudan), then 1.31.
    *limited("trade_flows", "year_ratio", (1.5, None), "trade with a partner is not {limit} times "
             "nearer to what world_trade has of the years beside", of="partners",
             witness=WORLD_TRADE, says=MIRROR),
    # Real: 1.03 (Austria), .88 (Zimbabwe); swapped ones have the inverse.
    *limited("trade_flows", "crossed_ratio", (1.2, None), "exports are nearer to the exports, and "
             "imports to the imports, of world_trade: not {limit} times nearer to the other",
             of="partners", witness=WORLD_TRADE),
    # Real: imports from Singapore and Thailand.
    unlike("trade_flows", "swapped_with", "trade with a partner is nearest to that of world_trade "
           "with the same, not with another partner", of="partners", witness=WORLD_TRADE),
    # Real: none in 7,198 flows.
    *limited("trade_flows", "repeated_years", (1, 2), "no trade of 1e6 US$ and more is the same, "
             "to the dollar, for more than {limit} years", of="partners", witness=OTHERS,
             says="{repeated_value}"),
    # Real: 1.09 (exports of 2007).
    *limited("trade_flows", "off_factor", (1.25, 2), "all partners of a year are, in the median, "
             "within {limit} times of what world_trade has in other years", of="years",
             witness=WORLD_TRADE, says="{ratio} times world_trade"),
    # Real: within 3 % of exports, 10 % of imports.
    in_range("total_trade", "partner_gap_share", -0.4, 0.5, optional=True,
             name="partner_sum.beyond_doubt", rule="the sum over partners is .6 to 1.5 of the "
             "total: no other unit or currency"),

    # Real: 6.1 (Liberia, ships), 5.8 (American Samoa), 3.6 (Cayman Islands).
    *limited("world_trade", "goods_level", (4, 20), "exports and imports are in the median year at "
             "most {limit} times, and at least 1/{limit} of, merchandise trade of 1e9 US$ and more",
             low=True, of="totals", witness=SHARES, says=_pair("goods")),
    # Real: 1.60 (Hong Kong, re-exports), then 1.31.
    *limited("world_trade", "large_goods_level", (1.7, 10), "exports and imports are in the median "
             "year within {limit} times merchandise trade of 1e11 US$ and more", low=True,
             of="totals", witness=SHARES, says=_pair("goods")),
    # Real: 4.8 (Djibouti), then 2.99 (Barbados).
    *limited("world_trade", "goods_broken", (3, None), "exports and imports over merchandise trade "
             "are never further than {limit} times from their median", of="totals",
             witness=SHARES, says=_pair("goods")),
    *limited("world_trade", "goods_years", (3, None), "exports and imports are not {limit} times "
             "nearer to the merchandise trade of the years beside", of="totals", witness=SHARES),
    unlike("world_trade", "swapped_with", "exports and imports are nearest to merchandise trade of "
           "the same economy, not of another", of="totals", witness=SHARES),
    # Real: economies that live on services: Macao, Djibouti, Guam, Maldives, San Marino.
    *limited("world_trade", "large_export_level", (7, 50), "exports are in the median year within "
             "{limit} times exports of goods and services of 1e11 US$ and more", low=True,
             of="totals", witness=SHARES, says=_pair("export")),
    *limited("world_trade", "export_broken", (7, None), "exports over those of goods and services "
             "are never further than {limit} times from their median", of="totals",
             witness=SHARES, says=_pair("export")),
    *limited("world_trade", "import_level", (4.5, 50), "imports are in the median year within "
             "{limit} times imports of goods and services of 1e9 US$ and more", low=True,
             of="totals", witness=SHARES, says=_pair("import")),
    *limited("world_trade", "import_broken", (4.5, None), "imports over those of goods and services "
             "are never further than {limit} times from their median", of="totals",
             witness=SHARES, says=_pair("import")),
    # Real: 2 years (Libya to Gibraltar), one flow of an exporter.
    *limited("world_trade", "repeated_years", (2, 3), "no flow of 1e6 US$ and more is the same, to "
             "the dollar, for more than {limit} years", of="exporters", witness=OTHERS,
             says="to {importer_code}"),
    *limited("world_trade", "repeated_flows", (2, 20), "at most {limit} flows of an exporter are "
             "the same, to the dollar, in two years", of="exporters", witness=OTHERS),
    unlike("world_trade", "copy_of", "no two flows of 1e6 US$ and more are the same, to the "
           "dollar, in three years", of="exporters", witness=OTHERS, severity="error"),

    # Real: the same up to the sixth digit; both are GeoDist.
    *limited("country_pairs", "world_distance_factor", (1.05, 1.5), "a distance is that of "
             "world_pairs, within {limit} times", witness=WORLD_PAIRS),
    *limited("country_pairs", "unlike_ties", (0, None), "border, language and colony are those of "
             "world_pairs", witness=WORLD_PAIRS),
    # Real: .77 (Russia, whose centre is not where people live) to 1.11; miles give .62.
    *(check for suite in ("country_pairs", "world_pairs")
      for distance in ("distance", "distance_capitals", "distance_weighted")
      for check in limited(suite, f"{distance}_over_circle", (1.35, 1.5), "distances to far "
                           "partners are in the median within {limit} times the great circles "
                           "between the centres: no miles", low=True, of="origins",
                           witness=COORDINATES)),
    # Real: 1.35 (Timor-Leste and Samoa).
    *limited("world_pairs", "far_distance_spread", (1.45, None), "the distances of a pair of 5000 "
             "km and more differ by less than {limit} times", may_be_unseen=True),
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
PEER_CHECKS = tuple(
    check
    for code, (limit, _) in USUAL.items()
    for check in limited(
        "observations", "usual_factor", (limit, None), "the figure is within {limit} times what "
        "income and access to the internet make usual", low=True, of="peers", witness=OTHERS,
        only=("indicator_code", code), name=f"peers.{code}",
    )
)  # fmt: skip
