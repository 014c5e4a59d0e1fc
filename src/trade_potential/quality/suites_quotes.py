"""What the gate expects of short series: quotations beside their words, totals beside the press."""

from __future__ import annotations

from typing import Any

from trade_potential.quality.checks import Check, in_range, unlike

NOTES = "figure in the note"
SHARES = "share of trade in the note and total of the year in total_trade_press"
REASONS = "year or country in the reason"
PRESS = "flow of the year in total_trade_press"
OTHER_YEARS = "other years of the series"

_W: dict[str, Any] = {"severity": "warning", "optional": True}
# fmt: off
QUOTE_CHECKS: tuple[Check, ...] = (
    # Real: equal.
    in_range("ecommerce_volumes", "quoted_ratio", 0.999, 1.001, "a volume is the figure with which "
             "its note begins", witness=NOTES, **_W),
    # Real: .999 to 1.001, the rounding of shares.
    in_range("ecommerce_volumes", "stated_share_ratio", 0.98, 1.02, "a volume is the share of "
             "trade in its note times the total in the press, within 2 %", witness=SHARES, **_W),
    # Real: 1.005 (customs 2022).
    in_range("ecommerce_volumes", "quotes_ratio", 1, 1.05, "quotations of one institute and year "
             "agree within 5 %", witness=OTHER_YEARS, **_W),
    # Real: .78 (exports of 2017); half years are .37 and .5.
    in_range("ecommerce_volumes", "part_share", 0, 0.9, "a part of a year, or its exports, is less "
             "than nine tenths of the whole", witness=OTHER_YEARS, **_W),
    in_range("trade_notes", "year_of_reason", 1, 1, "the first year that the reason names is that "
             "of the note", witness=REASONS, **_W),
    in_range("trade_notes", "country_in_reason", 1, 1, "the reason names the country of the note",
             witness=REASONS, **_W),
    # Real: exports -.4 to 1.1 %, imports 0 to 1.1 %.
    *(in_range("total_trade_press", f"{flow}_gap_share", -0.03, 0.03, f"total_trade of {flow} "
               "through exchange_rates lies within 3 % of the customs' release", witness=PRESS,
               **_W) for flow in ("exports", "imports")),
    # Real: none, also of the rates of 2000-2004, which hardly moved.
    *(unlike(suite, "same_as_year", "no two years have the very same figure", witness=OTHER_YEARS)
      for suite in ("exchange_rates", "total_trade", "oil_prices")),
)
# fmt: on
