"""What the gate expects of pairs, places and agreements beside each other and beside trade."""

from __future__ import annotations

from trade_potential.quality.checks import Check, limited, unlike

COORDINATES = "coordinates in countries"
WORLD_PAIRS = "pair in world_pairs"
TRADE = "world_trade of all goods"
PAIRS_OF_ALL = "pairs in world_pairs"
OTHER_PAIRS = "other pairs of the agreement"
NUMERIC = "codes of other countries"

# fmt: off
PAIR_CHECKS: tuple[Check, ...] = (
    # Real: spells of 2025 in a list to 2025.
    *limited("agreement_spells", "years_without_new", (3, None), "the newest spell begins at most "
             "{limit} years before the last year", of="whole"),

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
    # Real: Montenegro, younger than GeoDist, has 3.4e9 US$.
    *limited("world_pairs", "without_pair", (0, None), "an economy with trade of 4e9 US$ a year in "
             "world_trade has pairs", of="traders", witness=TRADE, says="{trade_usd} US$"),
    # Real: Puerto Rico has fewer people; Cuba, Sri Lanka and Japan have fewer neighbours.
    *limited("world_pairs", "without_border", (0, None), "an economy without a coast has a border, "
             "and one of 5 million people with ten others within 1000 km", of="borders",
             witness=PAIRS_OF_ALL),
    # Real: Marshall Islands (ships) and Gibraltar.
    *limited("agreement_spells", "without_agreement", (0, None), "an economy with trade of 4e9 US$ "
             "a year in world_trade has an agreement", of="traders", witness=TRADE,
             says="{trade_usd} US$"),
    # Real: none of 6,843 spells.
    unlike("agreement_spells", "type_apart", "an agreement has one type with all pairs that have "
           "no other beside it", of="spells", witness=OTHER_PAIRS),
    *limited("agreement_spells", "years_without", (0, None), "a spell with an agreement of the "
             "spell before begins in the year after it", of="spells", witness=OTHER_PAIRS),
    # Real: none. Israel and Palestine, the nearest, are 1.02 times nearer to each other's place.
    unlike("countries", "place_of", "distances fit the place of the country, not of another one "
           "that they fit in turn", witness=PAIRS_OF_ALL),
    unlike("countries", "name_of", "names are in the order of numeric codes, but for countries "
           "renamed since: no two of them are exchanged", witness=NUMERIC),
    unlike("countries", "iso2_of", "two-letter codes are letters of the three-letter ones, but for "
           "some: no two of them are exchanged", witness=NUMERIC),
)
# fmt: on
