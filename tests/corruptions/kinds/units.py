"""Mistakes in the units and definitions of figures of countries."""

from . import changes as c
from . import observed as o
from . import years as y
from .form import Change, Kind
from .indicators import (
    BROADBAND,
    CUSTOMS,
    DEGREES,
    EXPORTS,
    FIXED,
    GDP,
    HEAD,
    HEAD_REAL,
    IMPORTS,
    INFLATION,
    INTERNET,
    LOGISTICS,
    MOBILE,
    OPENNESS,
    PEOPLE,
    PRICES,
    RESEARCH,
    ROADS,
    SERVERS,
    STUDENTS,
)
from .rows import Years, observed

NEWEST, EVERY_FILE = ("observations",), ("observations", "world_observations")
EURO_PER_USD = {
    **{
        2007: 0.731,
        2008: 0.683,
        2009: 0.720,
        2010: 0.755,
        2011: 0.719,
        2012: 0.778,
        2013: 0.753,
        2014: 0.754,
        2015: 0.901,
    },
    **{
        2016: 0.904,
        2017: 0.887,
        2018: 0.847,
        2019: 0.893,
        2020: 0.877,
        2021: 0.846,
        2022: 0.951,
        2023: 0.925,
        2024: 0.924,
    },
}  # average of the year, European Central Bank

# Name of the mistake, indicator, years (None: all), what is done. All in the newest vintage.
_UNITS: tuple[tuple[str, str, Years | None, Change], ...] = (
    ("GDP in thousands", GDP, None, c.scaled(1e-3)),
    ("GDP in millions", GDP, None, c.scaled(1e-6)),
    ("GDP in national currency", GDP, None, c.in_local_currency),
    ("GDP in euros", GDP, None, c.at_rates(EURO_PER_USD)),
    (
        "GDP at purchasing power parity instead of US$",
        GDP,
        None,
        c.chain(o.from_indicator(HEAD), o.times_indicator(PEOPLE)),
    ),
    ("GDP per head instead of total", GDP, None, o.times_indicator(PEOPLE, -1)),
    ("GDP in constant prices", GDP, None, o.in_constant_prices),
    ("GDP of one quarter", GDP, None, c.scaled(0.25)),
    ("GDP of one quarter in the last years", GDP, (2022, 2024), c.scaled(0.25)),
    ("GDP x 10 in one year", GDP, (2015, 2015), c.scaled(10.0)),
    ("GDP x 10 in the last year", GDP, (2024, 2024), c.scaled(10.0)),
    ("GDP lost a digit in 2019", GDP, (2019, 2019), c.scaled(0.1)),
    ("GDP with the figures of the neighbour added", GDP, None, o.with_other_country),
    ("GDP of half of the years revised by 30 %", GDP, (2007, 2015), c.scaled(1.3)),
    ("GDP of half of the years doubled", GDP, (2016, 2024), c.scaled(2.0)),
    ("GDP with its sign reversed in one year", GDP, (2014, 2014), c.scaled(-1.0)),
    ("GDP 0 for a missing year", GDP, (2017, 2017), c.figure_is(0.0)),
    ("GDP growth instead of level", GDP, None, y.as_growth),
    ("GDP per head x .1", HEAD, None, c.scaled(0.1)),
    ("GDP per head x 10 in 2015", HEAD, (2015, 2015), c.scaled(10.0)),
    ("GDP per head in thousands since 2018", HEAD, (2018, 2024), c.scaled(1e-3)),
    (
        "GDP per head at market rates",
        HEAD,
        None,
        c.chain(o.from_indicator(GDP), o.times_indicator(PEOPLE, -1)),
    ),
    ("GDP per head in national currency", HEAD, None, c.in_local_currency),
    ("GDP per head in constant prices", HEAD, None, o.from_indicator(HEAD_REAL)),
    ("constant GDP per head in current prices", HEAD_REAL, None, o.from_indicator(HEAD)),
    ("constant GDP per head of another base year", HEAD_REAL, None, c.scaled(0.78)),
    (
        "constant GDP per head of another base year in half of the years",
        HEAD_REAL,
        (2007, 2014),
        c.scaled(0.78),
    ),
    ("GDP per head with digits transposed in 2016", HEAD, (2016, 2016), c.digits_transposed),
    ("GDP per head per month", HEAD, None, c.scaled(1 / 12)),
    ("GDP per head as an index", HEAD, None, y.as_index),
    ("GDP per worker instead of per head", HEAD, None, c.scaled(2.1)),
    ("population in thousands", PEOPLE, None, c.scaled(1e-3)),
    ("population in thousands in the last year", PEOPLE, (2024, 2024), c.scaled(1e-3)),
    ("population x 10", PEOPLE, None, c.scaled(10.0)),
    ("population of working age", PEOPLE, None, c.scaled(0.65)),
    ("population of the cities", PEOPLE, None, c.scaled(0.5)),
    ("population in full tens of millions", PEOPLE, None, c.rounded_to(1e7)),
    ("population of 2020 counted twice", PEOPLE, (2020, 2020), c.scaled(2.0)),
    ("population by a census of half of the years", PEOPLE, (2015, 2024), c.scaled(0.9)),
    ("exports in % of GDP as share", EXPORTS, None, c.scaled(0.01)),
    ("exports in % of GDP as share since 2016", EXPORTS, (2016, 2024), c.scaled(0.01)),
    ("imports in % of GDP as share", IMPORTS, None, c.scaled(0.01)),
    (
        "exports and imports in % of GDP under each other's code",
        EXPORTS,
        None,
        o.from_indicator(IMPORTS),
    ),
    ("merchandise trade in % of GDP as share", OPENNESS, None, c.scaled(0.01)),
    ("merchandise trade of one direction only", OPENNESS, None, c.scaled(0.5)),
    ("merchandise trade in % of GDP counted twice", OPENNESS, None, c.scaled(2.0)),
    (
        "merchandise trade: exports of goods and services instead",
        OPENNESS,
        None,
        o.from_indicator(EXPORTS),
    ),
    ("exports: merchandise trade instead", EXPORTS, None, o.from_indicator(OPENNESS)),
    ("price index of another base in half of the years", PRICES, (2015, 2024), c.scaled(0.7)),
    ("price index of another base in the last years", PRICES, (2022, 2024), c.scaled(0.8)),
    ("inflation instead of the price index", PRICES, None, o.from_indicator(INFLATION)),
    ("price index instead of inflation", INFLATION, None, o.from_indicator(PRICES)),
    ("inflation as share", INFLATION, None, c.scaled(0.01)),
    ("inflation with its sign reversed", INFLATION, None, c.scaled(-1.0)),
    ("inflation as an index of 100", INFLATION, None, c.shifted_by(100.0)),
    ("inflation a month instead of a year", INFLATION, None, c.scaled(1 / 12)),
    ("mobile subscriptions per person", MOBILE, None, c.scaled(0.01)),
    ("mobile and fixed telephones under each other's code", MOBILE, None, o.from_indicator(FIXED)),
    ("fixed telephones: broadband instead", FIXED, None, o.from_indicator(BROADBAND)),
    ("broadband per household", BROADBAND, None, c.scaled(2.5)),
    ("broadband per 1,000 people", BROADBAND, None, c.scaled(10.0)),
    ("internet users as share", INTERNET, None, c.scaled(0.01)),
    ("internet users as share in the last year", INTERNET, (2023, 2024), c.scaled(0.01)),
    ("people without internet", INTERNET, None, c.chain(c.scaled(-1.0), c.shifted_by(100.0))),
    ("secure servers per thousand people", SERVERS, None, c.scaled(1e-3)),
    (
        "secure servers counted, not per million",
        SERVERS,
        None,
        c.chain(o.times_indicator(PEOPLE), c.scaled(1e-6)),
    ),
    ("secure servers per million and 10 years", SERVERS, None, y.running_total),
    ("research in per mille of GDP", RESEARCH, None, c.scaled(10.0)),
    ("research as share of GDP", RESEARCH, None, c.scaled(0.01)),
    ("students: net instead of gross", STUDENTS, None, c.scaled(0.7)),
    ("students as share", STUDENTS, None, c.scaled(0.01)),
    ("students: degrees instead", STUDENTS, None, o.from_indicator(DEGREES)),
    ("degrees as share", DEGREES, None, c.scaled(0.01)),
    ("customs score as rank", CUSTOMS, None, c.scaled(15.0)),
    ("customs score from best to worst", CUSTOMS, None, c.chain(c.scaled(-1.0), c.shifted_by(6.0))),
    ("logistics score on a scale to 10", LOGISTICS, None, c.scaled(2.0)),
    ("customs and roads scores under each other's code", CUSTOMS, None, o.from_indicator(ROADS)),
)
# The same in every vintage, so that no older one tells.
_UNITS_OF_ALL_VINTAGES: tuple[tuple[str, str, Years | None, Change], ...] = (
    ("GDP per head x .1", HEAD, None, c.scaled(0.1)),
    ("GDP in national currency", GDP, None, c.in_local_currency),
    ("GDP in thousands", GDP, None, c.scaled(1e-3)),
    ("population / 1000", PEOPLE, None, c.scaled(1e-3)),
    ("population of working age", PEOPLE, None, c.scaled(0.65)),
    ("exports in % of GDP as share", EXPORTS, None, c.scaled(0.01)),
    ("imports in % of GDP as share", IMPORTS, None, c.scaled(0.01)),
    ("merchandise trade in % of GDP as share", OPENNESS, None, c.scaled(0.01)),
    ("internet users as share", INTERNET, None, c.scaled(0.01)),
    ("mobile subscriptions per person", MOBILE, None, c.scaled(0.01)),
    ("inflation with its sign reversed", INFLATION, None, c.scaled(-1.0)),
    ("GDP per head of half of the years x 1.5", HEAD, (2015, 2024), c.scaled(1.5)),
    ("GDP per head a year late", HEAD, None, y.late(1)),
    ("GDP a year late", GDP, None, y.late(1)),
    ("population of the other country", PEOPLE, None, o.of_other_country),
)

UNITS = (
    *(
        Kind(name, NEWEST, observed(code, years=years), change)
        for name, code, years, change in _UNITS
    ),
    *(
        Kind(
            f"{name}, every vintage", EVERY_FILE, observed(code, years=years, vintage="all"), change
        )
        for name, code, years, change in _UNITS_OF_ALL_VINTAGES
    ),
)
