"""What the gate expects of trade and distances beside other sources, for all economies."""

from __future__ import annotations

from trade_potential.quality.checks import Check, in_range, limited, unlike
from trade_potential.quality.suites_pairs import WORLD_PAIRS
from trade_potential.quality.suites_series import OTHERS, pair

WORLD_TRADE = "flows of all goods in world_trade"
SHARES = "whole world_trade beside shares of GDP in observations"

MIRROR = "{value} in {witness_year}, where world_trade has {witness_value}"

# fmt: off
TRADE_CHECKS: tuple[Check, ...] = (
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
    # Real: 3.6 (imports from Zimbabwe), 3.0 (Malaysia), both with re-exports; then 1.8.
    *limited("trade_flows", "total_ratio", (2.5, None), "a flow is not {limit} times nearer to "
             "exports and imports of world_trade together", of="partners", witness=WORLD_TRADE),
    # Real: none.
    *limited("trade_flows", "without_pair", (0, None), "a partner with trade of 1e8 US$ stands in "
             "country_pairs where it does in world_pairs", of="partners", witness=WORLD_PAIRS),
    # Real: imports from Singapore and Thailand.
    unlike("trade_flows", "swapped_with", "trade with a partner is nearest to that of world_trade "
           "with the same, not with another partner", of="partners", witness=WORLD_TRADE),
    # Real: none of three years.
    unlike("trade_flows", "copy_of", "no two partners have the same trade, to the dollar, in three "
           "years", of="partners", witness=OTHERS, severity="error"),
    *limited("trade_flows", "mirrored_years", (4, None), "trade of 1e6 US$ and more is that of "
             "world_trade, to the dollar, in at most {limit} years: no report of the partner",
             of="partners", witness=WORLD_TRADE),
    # Real: exports to the Marshall Islands (ships) in 9 years, to Palestine in 1.
    *limited("trade_flows", "absent_years", (0, None), "where world_trade has 1e8 US$ and more "
             "there is trade in all but {limit} years", of="partners", witness=WORLD_TRADE),
    # Real: TWN, which world_trade does not list, and imports from the Faroe Islands.
    *limited("trade_flows", "absent_in_world", (0, None), "where there are 1e8 US$ and more "
             "world_trade has trade in all but {limit} years", of="partners", witness=WORLD_TRADE),
    # Real: none.
    *limited("trade_flows", "years_lost", (0, None), "a pair with trade of 1e7 US$ and more has "
             "trade to the last year of the reporter", of="partners", witness=OTHERS),
    # Real: none in 7,198 flows.
    *limited("trade_flows", "repeated_years", (1, 2), "no trade of 1e6 US$ and more is the same, "
             "to the dollar, for more than {limit} years", of="partners", witness=OTHERS,
             says="{repeated_value}"),
    # Real: 1.09 (exports of 2007).
    *limited("trade_flows", "off_factor", (1.25, 2), "all partners of a year are, in the median, "
             "within {limit} times of what world_trade has in other years", of="years",
             witness=WORLD_TRADE, says="{ratio} times world_trade"),
    # Real: 3.2 (imports from Hong Kong), 3.1 (Costa Rica), 2.9 (exports to Switzerland), then 2.2.
    *limited("trade_flows", "large_level_factor", (2.3, None), "trade of 1e9 US$ and more with a "
             "partner is in the median year within {limit} times that of world_trade",
             of="partners", witness=WORLD_TRADE, says=MIRROR),
    # Real: 2.17 (Belarus), then 1.64.
    *limited("trade_flows", "large_spike", (2.2, None), "exports of 1e9 US$ and more are between "
             "two years that agree within {limit} times what they are of world_trade there",
             of="partners", witness=WORLD_TRADE),
    # Real: 1.30 (United Arab Emirates).
    *limited("trade_flows", "huge_export_spike", (1.35, None), "exports of 1e10 US$ and more are "
             "between two years that agree within {limit} times what they are of world_trade there",
             of="partners", witness=WORLD_TRADE),
    # Real: 1.88 (Hong Kong), 1.56 (Philippines).
    *limited("trade_flows", "huge_import_spike", (1.9, None), "imports of 1e10 US$ and more are "
             "between two years that agree within {limit} times what they are of world_trade there",
             of="partners", witness=WORLD_TRADE),
    # Real: 1.36 (Qatar), trade of 1e9 US$ and more both ways.
    *limited("trade_flows", "together_factor", (1.5, None), "exports and imports of a pair do not "
             "both move {limit} times away from world_trade, the same way in the same year",
             of="partners", witness=WORLD_TRADE),
    # Real: 3.6 (imports from Kyrgyzstan, gold), then 1.4 (Panama, copper).
    *limited("trade_flows", "last_change_ratio", (1.5, 6), "the change to the last year, that of "
             "all partners apart, is less than {limit} times the largest before, of 1e8 US$ and "
             "more", of="partners", witness=OTHERS),
    unlike("trade_flows", "years_swapped", "no two years, of 1e9 US$ and more, have each the "
           "other's trade of world_trade", of="partners", witness=WORLD_TRADE),
    # Real: none.
    *limited("trade_flows", "equal_years", (0, 2), "exports are not imports, to the dollar, in "
             "more than {limit} years", of="partners", witness=OTHERS),
    # Real: within 3 % of exports, 10 % of imports.
    in_range("total_trade", "partner_gap_share", -0.4, 0.5, optional=True,
             name="partner_sum.beyond_doubt", witness="flow of the economy in trade_flows",
             rule="the sum over partners is .6 to 1.5 of the "
             "total: no other unit or currency"),

    # Real: 6.1 (Liberia, ships), 5.8 (American Samoa), 3.6 (Cayman Islands).
    *limited("world_trade", "goods_level", (4, 20), "exports and imports are in the median year at "
             "most {limit} times, and at least 1/{limit} of, merchandise trade of 1e9 US$ and more",
             low=True, of="totals", witness=SHARES, says=pair("goods")),
    # Real: 1.60 (Hong Kong, re-exports), then 1.31.
    *limited("world_trade", "large_goods_level", (1.7, 10), "exports and imports are in the median "
             "year within {limit} times merchandise trade of 1e11 US$ and more", low=True,
             of="totals", witness=SHARES, says=pair("goods")),
    # Real: 4.8 (Djibouti), then 2.99 (Barbados).
    *limited("world_trade", "goods_broken", (3, None), "exports and imports over merchandise trade "
             "are never further than {limit} times from their median", of="totals",
             witness=SHARES, says=pair("goods")),
    # Real: 2.6 (Yemen), 2.2 (Iran), 1.9 (Gabon), then 1.6.
    *limited("world_trade", "middle_goods_broken", (1.8, None), "exports and imports over "
             "merchandise trade of 1e10 US$ and more are never further than {limit} times from "
             "their median", of="totals", witness=SHARES, says=pair("goods")),
    # Real: 3.0 (Iran), then 1.57 (Luxembourg).
    *limited("world_trade", "large_export_broken", (1.6, None), "exports over those of goods and "
             "services of 1e11 US$ and more are never further than {limit} times from their median",
             of="totals", witness=SHARES, says=pair("export")),
    # Real: 1.22 (Cambodia): services are not in world_trade.
    *limited("world_trade", "middle_export_level", (1.4, 20), "exports are in the median year at "
             "most {limit} times those of goods and services of 1e10 US$ and more", of="totals",
             witness=SHARES, says=pair("export")),
    # Real: none of a gap of .3.
    unlike("world_trade", "crossed_years", "exports and imports of a year are nearer to their own "
           "shares of GDP than to each other's", of="totals", witness=SHARES),
    *limited("world_trade", "goods_years", (3, None), "exports and imports are not {limit} times "
             "nearer to the merchandise trade of the years beside", of="totals", witness=SHARES),
    unlike("world_trade", "swapped_with", "exports and imports are nearest to merchandise trade of "
           "the same economy, not of another", of="totals", witness=SHARES),
    # Real: economies that live on services: Macao, Djibouti, Guam, Maldives, San Marino.
    *limited("world_trade", "large_export_level", (7, 50), "exports are in the median year within "
             "{limit} times exports of goods and services of 1e11 US$ and more", low=True,
             of="totals", witness=SHARES, says=pair("export")),
    *limited("world_trade", "export_broken", (7, None), "exports over those of goods and services "
             "are never further than {limit} times from their median", of="totals",
             witness=SHARES, says=pair("export")),
    *limited("world_trade", "import_level", (4.5, 50), "imports are in the median year within "
             "{limit} times imports of goods and services of 1e9 US$ and more", low=True,
             of="totals", witness=SHARES, says=pair("import")),
    *limited("world_trade", "import_broken", (4.5, None), "imports over those of goods and "
             "services are never further than {limit} times from their median", of="totals",
             witness=SHARES, says=pair("import")),
    # Real: 2 years (Libya to Gibraltar), one flow of an exporter.
    *limited("world_trade", "repeated_years", (2, 3), "no flow of 1e6 US$ and more is the same, to "
             "the dollar, for more than {limit} years", of="exporters", witness=OTHERS,
             says="to {importer_code}"),
    *limited("world_trade", "repeated_flows", (2, 20), "at most {limit} flows of an exporter are "
             "the same, to the dollar, in two years", of="exporters", witness=OTHERS),
    unlike("world_trade", "copy_of", "no two flows of 1e6 US$ and more are the same, to the "
           "dollar, in three years", of="exporters", witness=OTHERS, severity="error"),
)
# fmt: on
