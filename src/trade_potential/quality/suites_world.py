"""What the gate expects of the world inputs: rules on every row in SQL, and on sums of them.

A limit has the largest real value beside it. What the tests of the declarations say (keys, missing
values, codes, types) is not repeated.
"""

from __future__ import annotations

from typing import Any

from trade_potential.quality.checks import Check, in_range, missing, positive, years

HALF_EARTH_KM = 20_040.0  # half the equator, rounded up: no two places lie further apart

# fmt: off
_W: dict[str, Any] = {"severity": "warning", "optional": True}
_SUMS: dict[str, Any] = {"of": "economies", "optional": True}
_WITNESS: dict[str, Any] = {"of": "witness", "optional": True, "may_be_unseen": True}

WORLD_CHECKS: tuple[Check, ...] = (
    years("world_trade"),
    positive("world_trade", "trade_usd", 1e13, "trade is above 0 and at most 1e13 US$"),
    in_range("world_trade", "self_trade", 0, 0, "exporter and importer are two economies"),
    # Real years: 22,875 to 29,895 flows, 2020 with 6 % fewer than 2019.
    in_range("world_trade", "flow_count_ratio", 0.5, 2, of="years", optional=True,
             may_be_unseen=True, rule="a year has at least half, and at most twice, the flows of "
             "the year before"),
    missing("world_trade", "years_without_figure", of="economies",
            rule="an economy has exports, and imports, in every year between its first and last"),
    # Largest real factors: exports of Mali 2009, 11.4; of Bermuda 2008, 7.8.
    in_range("world_trade", "spike_factor", 0, 20, **_SUMS, may_be_unseen=True,
             rule="between two years that agree, of 1e8 US$ and more, the sum over partners is "
             "less than 20 times, and more than a 20th of, their mean"),
    # Real values: .09 (American Samoa 2020) to 13.7 (Liberia 2011, ships); 98 of 100 in .49 to 3.6.
    in_range("world_trade", "merchandise_ratio", 1 / 20, 20, **_SUMS, may_be_unseen=True,
             rule="exports and imports summed over partners are less than 20 times, and more than "
             "a 20th of, merchandise trade (in % of GDP, observations), of 1e9 US$ and more"),
    # Real medians 2007-2020: 1.00 to 1.16, both free on board.
    in_range("world_trade", "export_ratio", 0.85, 1.35, **_WITNESS,
             rule="in the median over partners exports of China are .85 to 1.35 of those it "
             "reports (trade_flows)"),
    # Real medians 2007-2020: .91 to .97, without insurance and freight.
    in_range("world_trade", "import_ratio", 0.75, 1.15, **_WITNESS,
             rule="in the median over partners imports of China, free on board, are .75 to 1.15 "
             "of those it reports with insurance and freight (trade_flows)"),
    # Real correlations: .962 (imports 2012) to .994.
    in_range("world_trade", "log_correlation", 0.94, 1, **_WITNESS,
             rule="logarithms of China's trade by partner and of its reports correlate with at "
             "least .94"),
    in_range("world_trade", "years_off", 0, 0, **_WITNESS,
             rule="China's trade of a year is nearer to its reports of the year than to those of "
             "the year before or after"),
    # Real: 85 of 225,146 flows stand out by more, most of them oil that was hardly recorded.
    in_range("world_trade", "flows_of_one_unit_share", 0.999, 1, of="whole", optional=True,
             may_be_unseen=True, rule="of flows beside years of 1e7 US$ and more at least 99.9 % "
             "are less than 500 times, and more than a 500th of, the years beside them"),
    # Real: 135 of 57,000 flows stand out by more.
    in_range("world_trade", "steady_flows_share", 0.99, 1, of="whole", optional=True,
             may_be_unseen=True, rule="of flows between two years that agree, of 1e8 US$ and more, "
             "at least 99 % are less than 6 times, and more than a 6th of, their mean"),
    # Real: 99.2 %; Montenegro, South Sudan, American Samoa and Guam are younger than GeoDist or
    # not in it.
    in_range("world_trade", "exports_with_distance_share", 0.95, 1, of="whole", **_W,
             rule="exporters of at least 95 % of the flows stand in world_pairs"),

    in_range("world_pairs", "self_pair", 0, 0, "a pair is of two economies"),
    in_range("world_pairs", "way_back", 1, 1, "a pair is listed in both directions"),
    positive("world_pairs", "distance_km", HALF_EARTH_KM, "0 < distance <= half the equator"),
    positive("world_pairs", "distance_capitals_km", HALF_EARTH_KM,
             "0 < distance <= half the equator"),
    positive("world_pairs", "distance_weighted_km", HALF_EARTH_KM,
             "0 < distance <= half the equator", optional=True, may_be_unseen=True),
    # Real: 71 of Brazzaville and Kinshasa, two capitals on one river; all others below 5.6.
    in_range("world_pairs", "distance_spread", 1, 100,
             "the distances of a pair differ by less than a hundred times: no other unit"),
    # Real: weighted distances differ by 1e-5, the sixth digit of the source.
    in_range("world_pairs", "distance_asymmetry", 1, 1.0001,
             "a distance is the same on the way back, up to rounding"),
    in_range("world_pairs", "tie_asymmetry", 0, 0, "border, language and colony are mutual"),

    in_range("agreement_spells", "codes_in_order", 1, 1,
             "country_code_a stands before country_code_b in the alphabet"),
    years("agreement_spells", "from_year"),
    years("agreement_spells", "to_year"),
    in_range("agreement_spells", "spell_years", 1, 100, "a spell ends no earlier than it begins"),
    in_range("agreement_spells", "years_after_spell_before", 1, 100, optional=True,
             may_be_unseen=True, rule="a spell of a pair begins after the one before has ended"),
    in_range("agreement_spells", "listed_agreements", 1, 1,
             "agreement_ids are whole numbers parted by semicolons"),

    years("world_observations"),
    in_range("world_observations", "years_to_vintage", 0, 100,
             "no figure is older than the year it tells of"),
    in_range("world_observations", "is_listed", 1, 1, of="extremes",
             rule="the indicator and vintage of the figure stand in observation_vintages"),
    in_range("world_observations", "beyond_range", 0, 0, of="extremes",
             rule="the lowest and the highest figure of a vintage lie in the range of the "
             "indicator"),
    # Real: .86 (constant prices of another base year) to 1.02.
    in_range("world_observations", "median_ratio", 0.5, 2, of="vintages", optional=True,
             may_be_unseen=True, rule="the median of a vintage lies between a half and twice that "
             "of the newest one: no other unit"),
)
# fmt: on
