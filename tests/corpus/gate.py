"""Values that only an expectation of the gate can refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.corpus.case import Case, Seed, edited, with_cell


class Defect(NamedTuple):
    """A value in the first row that fulfils a condition, and the rule that refuses it."""

    kind: str
    column: str
    value: str | float
    """A text to put there, or a factor for what stands there."""
    rule: str
    where: dict[str, str] = {}  # noqa: RUF012  never changed


YEAR = "the year lies in 1990-2026"
UNIT = "no other unit"
YEARS = (
    Defect("future year", "year", "2050", YEAR),
    Defect("year after the newest vintage", "year", "2027", YEAR),
    Defect("year of two digits", "year", "15", YEAR),
    Defect("year of another age", "year", "1066", YEAR),
    Defect("negative year", "year", "-2015", YEAR),
)
POSTAL, RANKED = {"measure": "upu_2ipd"}, {"measure": "unctad_b2c_rank"}
KAZ_2015 = {"country_code": "KAZ", "year": "2015"}


def _numbers(column: str, rule: str, **where: str) -> tuple[Defect, ...]:
    """Zero, negative, huge and another unit in a column of positive numbers."""
    return (
        Defect("negative value", column, "-5.5", rule, where),
        Defect("zero", column, "0", rule, where),
        Defect("huge value", column, "1e300", rule, where),
    )


def _units(column: str, above: str, below: str = UNIT, **where: str) -> tuple[Defect, ...]:
    return (
        Defect("thousands for units", column, 1e3, above, where),
        Defect("units for thousands", column, 1e-3, below, where),
        Defect("millions for units", column, 1e6, above, where),
        Defect("units for millions", column, 1e-6, below, where),
    )


def _indicator(code: str, high: str, rule: str) -> tuple[Defect, ...]:
    where = KAZ_2015 | {"indicator_code": code}
    return (
        Defect(f"{code} above its range", "observed_value", high, rule, where),
        Defect(f"{code} below its range", "observed_value", "-5000", rule, where),
    )


POPULATION = {"indicator_code": "SP.POP.TOTL"} | KAZ_2015
GDP = {"indicator_code": "NY.GDP.MKTP.CD"} | KAZ_2015
FLOW = {"partner_code": "KAZ", "flow": "export", "year": "2015"}
DEFECTS: dict[str, tuple[Defect, ...]] = {
    "countries": (
        Defect("alpha-2 code in lower case", "country_iso2", "na", "two capital letters"),
        Defect("alpha-3 for alpha-2", "country_iso2", "NAM", "two capital letters"),
        Defect("numeric code without zeros", "country_numeric_code", "4", "three digits"),
        Defect("north of the pole", "latitude_deg", "91", "it lies in [-90, 90]"),
        Defect("degrees as microdegrees", "latitude_deg", "48000000", "it lies in [-90, 90]"),
        Defect("east of everything", "longitude_deg", "-180.5", "it lies in [-180, 180]"),
    ),
    "indicators": (
        Defect("limits swapped", "value_max", "-7", "value_max exceeds value_min"),
        Defect("name with SQL", "indicator", "x; drop table", "lower snake_case"),
        Defect("name in capitals", "indicator", "Population", "lower snake_case"),
    ),
    "observation_vintages": (
        Defect("wrong number of values", "value_count", "3", "value_count is the number of rows"),
        Defect("wrong number of economies", "economy_count", "999", "economy_count is the number"),
        Defect("first year of the future", "first_year", "2031", "first_year is the first year"),
        Defect("last year after the vintage", "last_year", "2050", "covers no year after"),
        Defect("figures withdrawn that are there", "withdrawn_count", "7", "withdrawn_count of"),
        Defect("no commit", "copy_commit", "main", "40 hexadecimal digits"),
        Defect("SQL for a commit", "copy_commit", "'; drop table x; --", "40 hexadecimal digits"),
        Defect(
            "vintage of the future", "vintage_date", "2031-01-01", YEAR,
            {"indicator_code": "SE.TER.ENRR"},
        ),
    ),
    "observations": (
        *YEARS,
        *_indicator("SP.POP.TOTL", "3e9", "population_persons lies in"),
        *_indicator("IT.NET.USER.ZS", "100.5", "lies in [0, 100]"),
        *_indicator("NY.GDP.MKTP.CD", "1e300", "lies in [1e+06"),
        *_indicator("TG.VAL.TOTL.GD.ZS", "60000", "lies in [0, 600]"),
        *_indicator("IT.CEL.SETS.P2", "18000", "lies in [0, 600]"),
        Defect("persons in thousands", "observed_value", 1e-3, UNIT, POPULATION),
        Defect("thousands as persons", "observed_value", 1e3, "lies in [1000", POPULATION),
        Defect("GDP in millions", "observed_value", 1e-6, "lies in [1e+06", GDP),
        Defect("GDP times a thousand", "observed_value", 1e3, UNIT, GDP),
        Defect("GDP with a digit too many", "observed_value", 10.0, "less than 6 times", GDP),
        Defect("vintage that is not listed", "vintage_date", "2020-01-01", "stand in observation"),
        Defect("figure older than its year", "vintage_date", "2001-01-01", "no figure is older"),
    ),
    "trade_flows": (
        *YEARS,
        *_numbers("trade_usd", "trade is above 0", **FLOW),
        *_units("trade_usd", UNIT, **FLOW),
        Defect("exports with freight", "valuation", "CIF", "exports are valued FOB", FLOW),
        Defect("a digit too many", "trade_usd", 10.0, "less than 6 times", FLOW),
        Defect("a digit too few", "trade_usd", 0.1, "more than a 6th", FLOW),
        Defect("more than the world", "trade_usd", "2e13", "at most 1e13", FLOW),
    ),
    "country_pairs": (
        *_numbers("distance_km", "0 < distance"),
        *_units("distance_km", "half the equator", "no other unit"),
        *_numbers("distance_capitals_km", "0 < distance"),
        Defect("no capital distance", "distance_capitals_km", "", "0 < distance"),
        Defect("beyond the antipode", "distance_weighted_km", "20100", "half the equator"),
    ),
    "oil_prices": (
        *YEARS,
        *_numbers("price_usd_per_barrel", "0 < price", benchmark="wti_nominal"),
        *_units("price_usd_per_barrel", "0 < price", benchmark="wti_nominal", year="2015"),
        Defect(
            "a digit too many", "price_usd_per_barrel", 10.0, "less than 3 times",
            {"benchmark": "wti_nominal", "year": "2012"},
        ),
        Defect(
            "another base year", "price_usd_per_barrel", 1.2, "agree in the base year",
            {"benchmark": "brent_real_2022", "year": "2022"},
        ),
    ),
    "ecommerce_volumes": (
        *YEARS,
        *_numbers("volume_tn", "0 < volume"),
        Defect("billions for trillions", "volume_tn", 1e3, "less than goods trade"),
        Defect("more than all trade", "volume_tn", "90", "less than goods trade"),
    ),
    "ecommerce_measures": (
        *(each._replace(where=POSTAL) for each in YEARS),
        Defect("more than all buy", "measured_value", "101", "0 to 100 %"),
        Defect("negative share", "measured_value", "-5.5", "0 to 100 %"),
        Defect("index above its scale", "measured_value", "1e300", "0 to 100", POSTAL),
        Defect("rank before the first", "measured_value", "0", "1 to 200", RANKED),
    ),
    "total_trade": (
        *YEARS,
        *_numbers("trade_usd", "trade is above 0"),
        *_units("trade_usd", "trade is above 0"),
        Defect("a digit too many", "trade_usd", 10.0, "less than 3 times", {"year": "2012"}),
    ),
    "total_trade_press": (
        *YEARS,
        *_numbers("total_rmb_tn", "0 < total", year="2019"),
        *_units("total_rmb_tn", "0 < total", year="2019"),
        Defect("no total", "total_rmb_tn", "", "a total in RMB or in US$", {"year": "2012"}),
        Defect("US$ too much", "total_usd_tn", "4160", "0 < total", {"year": "2013"}),
    ),
    "exchange_rates": (
        *YEARS,
        *_numbers("lcu_per_usd", "0 < rate"),
        *_units("lcu_per_usd", UNIT, year="2015"),
        Defect("US$ per local unit", "lcu_per_usd", "0.145", UNIT, {"year": "2015"}),
    ),
    "trade_agreements": (
        Defect("date in words", "status_date", "sometime", "YYYY"),
        Defect("date of a locale", "status_date", "20.12.1998", "YYYY"),
        Defect("month that does not exist", "status_date", "1998-13", "YYYY"),
        Defect("future year", "status_date", "2050-01-01", YEAR),
        Defect("precision that does not fit", "date_precision", "year", "fits the date"),
    ),
}  # fmt: skip
"""By input. Sources hold texts alone: their tests are on staging."""


MAPPED = {
    "maps a country of today": ("KAZ", "no ISO 3166 code of today"),
    "SQL for a code": ("A'; --", "three capital letters"),
    "alpha-2 code of Namibia": ("NA", "three capital letters"),
    "code in lower case": ("abc", "three capital letters"),
}
"""Codes in a new row: the rows that are there are needed by other files."""


def _added(seed: Seed) -> Iterator[Case]:
    line = len(seed.rows) + 2
    for kind, (code, rule) in MAPPED.items():

        def add(rows: list[list[str]], code: str = code) -> None:
            rows.append([code, "UZB", "planted"])

        yield Case(
            seed.target, kind, "gate", edited(add),
            (f"{seed.file}, line {line}", rule, "severity error"),
        )  # fmt: skip


def gate_cases(seed: Seed, number: int) -> Iterator[Case]:
    """Every case of an input; of other seeds none."""
    folder, entity = seed.target.split("/")
    if entity == "country_code_mappings":
        yield from _added(seed)
    for defect in DEFECTS.get(entity, ()) if folder == "inputs" else ():
        k = seed.header.index(defect.column)
        rows = [
            line
            for line, row in enumerate(seed.rows, start=2)
            if row[k] not in ("", defect.value)
            and all(row[seed.header.index(name)] == of for name, of in defect.where.items())
        ]
        # Keys named by the gate are the first ten: a row near the top is among them.
        line = rows[0] if defect.where else seed.random(defect.kind, number).choice(rows[:8])
        value = defect.value
        if isinstance(value, float):
            value = repr(float(seed.rows[line - 2][k]) * value)
        yield Case(
            seed.target, f"{defect.kind} in {defect.column}", "gate", with_cell(line, k, value),
            (f"{seed.file}, line ", f"line {line}", defect.rule, "severity error"),
            cell=(line, k),
        )  # fmt: skip
