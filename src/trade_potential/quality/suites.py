"""What the gate expects of the inputs: one row per expectation, as data.

Types, keys, missing values, relations and accepted values are dbt tests on staging; here stand
ranges, patterns, tolerances and rules across columns and files. Columns that no file holds
(`vintage_year`, `partner_gap_share`, ...) are computed in `derived.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from trade_potential.quality.checks import (
    MAY_BE_EMPTY,
    Check,
    equal,
    in_range,
    iso3,
    matches,
    missing,
    one_off,
    ordered,
    paired,
    part,
    positive,
    present,
    row_count,
    spike,
    unbroken,
    years,
)
from trade_potential.quality.suites_pairs import PAIR_CHECKS
from trade_potential.quality.suites_quotes import QUOTE_CHECKS
from trade_potential.quality.suites_series import PEER_CHECKS, SERIES_CHECKS
from trade_potential.quality.suites_trade import TRADE_CHECKS
from trade_potential.quality.suites_world import HALF_EARTH_KM, WORLD_CHECKS

ROUNDING_TN = 0.0151  # three figures rounded to two decimals differ by at most 3 x 0.005
# Largest real factor of prices, rates and totals: oil in 2020, 1.6.
AGREEING_YEARS = (
    "between two years that agree the figure is less than 3 times, and more than a 3rd of, "
    "their mean"
)
SNAKE_CASE = r"^[a-z][a-z0-9_]*$"


# fmt: off
_W: dict[str, Any] = {"severity": "warning"}
_OW: dict[str, Any] = {"severity": "warning", "optional": True}

# Codes are matched where they enter; where a dbt test already looks a code up among the countries,
# no pattern is repeated.
CHECKS: tuple[Check, ...] = (
    in_range("sources", "use_count", 1, 1e12, "some row of the inputs uses the source", **_W),

    iso3("countries", "country_iso3"),
    matches("countries", "country_iso2", r"^[A-Z]{2}$", "the code is two capital letters"),
    matches("countries", "country_numeric_code", r"^[0-9]{3}$", "the code is three digits"),
    in_range("countries", "latitude_deg", -90, 90, "it lies in [-90, 90]", optional=True),
    in_range("countries", "longitude_deg", -180, 180, "it lies in [-180, 180]", optional=True),

    iso3("country_code_mappings", "source_code"),
    iso3("country_code_mappings", "country_iso3", optional=True),
    missing("country_code_mappings", "country_of_today",
             "a mapped code is no ISO 3166 code of today: it would rename a country"),

    matches("indicators", "indicator_code", r"^[A-Z]{2,3}(?:\.[A-Z0-9]+){2,4}$",
             "the code is capital letters and digits in groups parted by dots"),
    matches("indicators", "indicator", SNAKE_CASE, "the name is lower snake_case"),
    ordered("indicators", "value_max", "value_min", "value_max exceeds value_min", or_equal=False),
    in_range("indicators", "vintage_count", 1, 1e6, "the indicator has at least one vintage"),

    years("observation_vintages", "vintage_year"),
    ordered("observation_vintages", "last_year", "first_year", "last_year is at least first_year"),
    ordered("observation_vintages", "vintage_year", "last_year",
           "a vintage covers no year after its own date"),
    equal("observation_vintages", "value_count", "counted_values",
           "value_count is the number of rows of the vintage in observations"),
    equal("observation_vintages", "economy_count", "counted_economies",
           "economy_count is the number of economies of the vintage in observations"),
    equal("observation_vintages", "first_year", "counted_first_year",
           "first_year is the first year of the vintage in observations"),
    equal("observation_vintages", "last_year", "counted_last_year",
           "last_year is the last year of the vintage in observations"),
    missing("observation_vintages", "withdrawn_figures",
            "a vintage holds the figures (economy and year) of the one before it, but for "
            "withdrawn_count of them, at most a fifth"),
    in_range("observation_vintages", "vintages_of_edition", 1, 1, optional=True,
             rule="an edition is one vintage: a later one of its year stands in its place"),
    matches("observation_vintages", "copy_commit", r"^[0-9a-f]{40}$",
             "the commit is 40 hexadecimal digits"),

    iso3("observations", "country_code"),
    years("observations"),
    ordered("observations", "vintage_year", "year", "no figure is older than the year it tells of"),
    present("observations", "listed_value_count",
             "the indicator and vintage of the figure stand in observation_vintages"),
    in_range("observations", "edition_gap_years", 0, 0,
           "a figure of an edition belongs to the year of the edition", optional=True),
    # Largest real change: Seychelles 2022, 21 % (a census); Qatar 2008, 18 %.
    in_range("observations", "population_change_share", -0.25, 0.25,
           "population changes by at most 25 % a year", **_OW),
    # Vintages rewrite figures; the cut separates revisions (most below a third) from redefinitions.
    in_range("observations", "revision_share", -0.5, 0.5,
           "the newest vintage revises a figure by at most 50 % of the oldest vintage", **_OW),

    # Largest real factor of a single year: broadband of Timor-Leste 2017, 49.
    one_off("observations", 200, "the figure is less than 200 times, and more than a 200th of, "
            "the years beside it: no other unit"),

    # Largest real factor: broadband of Kenya 2008, 5.5; next exports of South Sudan 2013, 4.2.
    spike("observations", 6, "between two years that agree the figure is less than 6 times, and "
          "more than a 6th of, their mean"),

    iso3("trade_flows", "partner_code"),
    years("trade_flows"),
    positive("trade_flows", "trade_usd", 1e13, "trade is above 0 and at most 1e13 US$"),
    paired("trade_flows", ("flow", "valuation"), [("export", "FOB"), ("import", "CIF")],
           "exports are valued FOB and imports CIF"),
    # Largest real factor: imports from Micronesia 2022, 173.
    one_off("trade_flows", 500, "trade is less than 500 times, and more than a 500th of, the "
            "years beside it: no other unit"),
    # Largest real factor from 1e8 US$ on: imports from Libya 2020, 4.8.
    spike("trade_flows", 6, "between two years that agree, of 1e8 US$ and more, trade is less than "
          "6 times, and more than a 6th of, their mean"),
    missing("trade_flows", "years_without_flows",
            "a reporter has flows in every year between its first and its last"),
    # Real pairs that pause have at most 2.8e6 US$ in the years beside.
    missing("trade_flows", "years_without_pair", **_W,
            rule="a pair has flows in every year between two of 1e7 US$ and more"),
    # States and territories younger than GeoDist (MNE, SSD, CUW, SXM, ...): 1.7 % of the rows.
    present("trade_flows", "pair_distance_km",
             "the pair stands in country_pairs for at least 95 % of the flows", mostly=0.95, **_W),

    positive("country_pairs", "distance_km", HALF_EARTH_KM, "0 < distance <= half the equator"),
    positive("country_pairs", "distance_capitals_km", HALF_EARTH_KM,
              "0 < distance <= half the equator"),
    positive("country_pairs", "distance_weighted_km", HALF_EARTH_KM,
              "0 < distance <= half the equator", optional=True),
    in_range("country_pairs", "distance_spread", 1, 5,
           "the distances of a pair differ by less than five times: no other unit"),
    in_range("country_pairs", "capitals_ratio", 0.8, 1.25,
           "distances of capitals and of largest cities differ by at most a quarter", **_W),
    # Coordinates are those of a country's centre; Russia's lies 2,992 km off the mark.
    in_range("country_pairs", "great_circle_gap_km", -3500, 3500, **_OW,
             rule="the distance lies within 3500 km of the great circle between the centres"),
    equal("country_pairs", "is_partner_landlocked", "listed_is_landlocked",
           "the source of distances and the source of countries agree on who has no coast", **_OW),

    years("oil_prices"),
    unbroken("oil_prices"),
    positive("oil_prices", "price_usd_per_barrel", 500, "0 < price <= 500 US$ a barrel"),
    one_off("oil_prices", 10, "price is less than ten times, and more than a tenth of, the "
            "years beside it: no other unit"),
    spike("oil_prices", 3, AGREEING_YEARS),
    in_range("oil_prices", "brent_ratio", 0.7, 1.3,
           "nominal benchmarks of one year lie within 30 % of Brent", **_OW),
    in_range("oil_prices", "base_year_gap_share", -0.001, 0.001,
           "real and nominal Brent agree in the base year 2022", optional=True),

    years("ecommerce_volumes"),
    positive("ecommerce_volumes", "volume_tn", 1e6, "0 < volume <= 1e6 trillion of the currency"),
    part("ecommerce_volumes", "trade_share", optional=True,
         rule="cross-border e-commerce is less than goods trade of the country and year"),
    in_range("ecommerce_volumes", "growth_share", -0.1, 0.6,
           "within a lineage whole-year volumes grow by -10 to 60 % a year", **_OW),
    in_range("ecommerce_volumes", "customs_ratio", 4, 10,
           "the 100EC series is 4-10 times the narrow series of the customs", **_OW),

    years("ecommerce_measures"),
    *(in_range("ecommerce_measures", "measured_value", low, high, rule, only=("measure", measure),
               name=f"value_range.{measure}") for measure, low, high, rule in (
        ("online_buyers_pct", 0, 100, "online buyers are 0 to 100 %"),
        ("upu_2ipd", 0, 100, "the postal index is 0 to 100"),
        # Of 152 economies in the largest edition.
        ("unctad_b2c_rank", 1, 200, "a rank is 1 to 200"))),

    matches("own_outcomes", "series_id", SNAKE_CASE, "the name is lower snake_case"),
    years("own_outcomes"),
    in_range("own_outcomes", "value_as_given", 0, 1e15, "a figure is 0 to 1e15"),
    in_range("own_outcomes", "value_usd", 0, 1e13, "a figure is 0 to 1e13 US$"),

    years("total_trade"),
    unbroken("total_trade"),
    positive("total_trade", "trade_usd", 1e14, "trade is above 0 and at most 1e14 US$"),
    one_off("total_trade", 10, "trade is less than ten times, and more than a tenth of, the "
            "years beside it: no other unit"),
    spike("total_trade", 3, AGREEING_YEARS),
    in_range("total_trade", "flows_in_year", 2, 2, "a year has both its exports and its imports"),
    # Sums of partners exceed final totals by up to 1.9 % in some years (source caveat).
    in_range("total_trade", "partner_gap_share", -0.03, 0.03, only=("flow", "export"), **_W,
           name="partner_sum.export",
           rule="exports summed over partners lie within 3 % of total exports"),
    # Partner rows hold no goods returned to the reporter itself and no trade without a known
    # partner; for imports of China that is 4-9 % in the usual year.
    in_range("total_trade", "partner_gap_share", -0.10, 0.03, only=("flow", "import"), **_W,
           name="partner_sum.import",
           rule="imports summed over partners lie 10 % below to 3 % above total imports"),

    years("total_trade_press"),
    in_range("total_trade_press", "totals_given", 1, 2, "a total in RMB or in US$ is given"),
    positive("total_trade_press", "total_rmb_tn", 500, "0 < total <= 500 tn RMB", optional=True),
    positive("total_trade_press", "total_usd_tn", 100, "0 < total <= 100 tn US$", optional=True),
    one_off("total_trade_press", 10, "the total is less than ten times, and more than a tenth "
            "of, the years beside it: no other unit"),
    spike("total_trade_press", 3, AGREEING_YEARS),
    in_range("total_trade_press", "flows_gap_rmb_tn", -ROUNDING_TN, ROUNDING_TN,
           "exports plus imports are the total, up to rounding", **_OW),
    in_range("total_trade_press", "usd_gap_share", -0.9, 9, name="unit.total_usd_tn",
           rule="the total is within ten times total_trade: no other unit", optional=True),
    in_range("total_trade_press", "rmb_gap_share", -0.9, 9, name="unit.total_rmb_tn",
           rule="the total is within ten times total_trade: no other unit", optional=True),
    in_range("total_trade_press", "usd_gap_share", -0.03, 0.03,
           "total_trade in US$ lies within 3 % of the customs' first release", **_OW),
    in_range("total_trade_press", "rmb_gap_share", -0.03, 0.03,
           "total_trade through exchange_rates lies within 3 % of the customs' release", **_OW),

    years("exchange_rates"),
    unbroken("exchange_rates"),
    # Members of a currency union quote one rate; the sixth digit is rounding.
    in_range("exchange_rates", "currency_spread", 1, 1.00001,
             "countries with one currency have one rate"),
    positive("exchange_rates", "lcu_per_usd", 1e7, "0 < rate <= 1e7 local units per US$"),
    one_off("exchange_rates", 10, "the rate is less than ten times, and more than a tenth of, the "
            "years beside it: no other unit"),
    spike("exchange_rates", 3, AGREEING_YEARS),
    in_range("exchange_rates", "rate_change_share", -0.2, 0.2,
           "the rate changes by at most 20 % a year", **_OW),

    matches("trade_agreements", "status_date", r"^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?)?$",
             "the date is YYYY, YYYY-MM or YYYY-MM-DD"),
    years("trade_agreements", "status_year"),
    paired("trade_agreements", ("date_precision", "date_length"),
           [("day", 10), ("month", 7), ("year", 4)], "date_precision fits the date"),

    years("trade_notes"),
    *WORLD_CHECKS,
    *SERIES_CHECKS,
    *PEER_CHECKS,
    *TRADE_CHECKS,
    *PAIR_CHECKS,
    *QUOTE_CHECKS,
)
# fmt: on


def _indicator_range(row: Mapping[str, Any]) -> Check:
    code, low, high = str(row["indicator_code"]), row.get("value_min"), row.get("value_max")
    limits = [float(v) if isinstance(v, int | float) else math.nan for v in (low, high)]
    return Check(
        suite="observations",
        name=f"value_range.{code}",
        expectation="ExpectColumnValuesToBeBetween",
        columns=("observed_value",),
        rule=f"{row.get('indicator')} lies in [{limits[0]:g}, {limits[1]:g}] {row.get('unit')}",
        settings={"min_value": limits[0], "max_value": limits[1]},
        only=("indicator_code", code),
    )


def all_checks(indicators: pd.DataFrame, inputs: Sequence[str]) -> list[Check]:
    """Every check: that an input has rows, the fixed ones, and one range per indicator.

    Args:
        indicators: Rows of the input `indicators`; without a column indicator_code there is no
            range.
        inputs: Names of the inputs.
    """
    full = (suite for suite in inputs if suite not in MAY_BE_EMPTY)
    checks = [*(row_count(suite) for suite in full), *CHECKS]
    if "indicator_code" not in indicators:
        return checks
    rows = indicators.drop_duplicates("indicator_code").sort_values("indicator_code")
    rows = rows[rows["indicator_code"].notna()]
    ranges = (
        _indicator_range({str(k): v for k, v in row.items()}) for row in rows.to_dict("records")
    )
    return [*checks, *ranges]
