"""Mistakes in series of figures of countries, and in vintages."""

from . import changes as c
from . import observed as o
from . import years as y
from .form import WHOLE, Change, Economy, Kind
from .indicators import CUSTOMS, GDP, HEAD, INFLATION, INTERNET, LOGISTICS, OPENNESS, PEOPLE, PRICES
from .rows import Years, observed

NEWEST, EVERY_FILE = ("observations",), ("observations", "world_observations")
# What happens to a series of each indicator: years, whether the other country's rows are needed.
_SERIES: tuple[tuple[str, Years | None, bool, Change], ...] = (
    ("a year late", None, False, y.late(1)),
    ("a year early", None, False, y.late(-1)),
    ("two years late", None, False, y.late(2)),
    ("years written a year too high", None, False, y.relabelled(1)),
    ("last value repeated since 2016", None, False, y.repeated_from(2016)),
    ("last value repeated since 2022", None, False, y.repeated_from(2021)),
    ("one value 2012-22", (2012, 2022), False, y.repeated_from(2012)),
    ("2015 lost", None, False, y.years_lost(2015)),
    ("2014 under the name of 2015 too", None, False, y.year_copied(2014, 2015)),
    ("2013 and 2018 under each other's name", None, False, y.years_swapped(2013, 2018)),
    ("years in reverse order", None, False, y.reversed_order),
    ("interpolated 2009-2021", (2009, 2021), False, y.interpolated),
    ("added up over the years", None, False, y.running_total),
    ("fiscal years", None, False, y.fiscal_years),
    ("two countries swapped", None, True, c.countries_swapped),
    ("copied from another country", None, True, c.copied_from_other),
    ("-9999 for a missing year", (2016, 2016), False, c.figure_is(-9999.0)),
    ("9999 for a missing year", (2016, 2016), False, c.figure_is(9999.0)),
    ("last year / 1000 (1.234 read as a decimal)", (2023, 2024), False, c.scaled(1e-3)),
    ("the economy lost", None, False, c.dropped),
)
_WORD = {
    HEAD: "GDP per head",
    PEOPLE: "population",
    INTERNET: "internet users",
    OPENNESS: "merchandise trade",
}
SERIES = tuple(
    Kind(f"{word}: {name}", NEWEST, observed(code, years=years, both=both), change)
    for code, word in _WORD.items()
    for name, years, both, change in _SERIES
)

VINTAGES = (
    Kind(
        "all figures of a stale vintage under the newest date",
        NEWEST,
        observed(),
        o.of_older_vintage,
    ),
    Kind(
        "price index of a stale vintage under the newest date",
        NEWEST,
        observed(PRICES),
        o.of_oldest_vintage,
    ),
    Kind(
        "price index of a stale vintage in half of the years",
        NEWEST,
        observed(PRICES, years=(2007, 2015)),
        o.of_oldest_vintage,
    ),
    Kind(
        "GDP per head of a stale vintage in half of the years",
        NEWEST,
        observed(HEAD, years=(2007, 2015)),
        o.of_older_vintage,
    ),
    Kind(
        "GDP of a stale vintage under the newest date, all economies",
        NEWEST,
        observed(GDP),
        o.of_older_vintage,
        (WHOLE,),
    ),
    Kind(
        "population of the newest vintage in the one before",
        EVERY_FILE,
        observed(PEOPLE, vintage="before"),
        c.scaled(1e-3),
    ),
    Kind(
        "older GDP per head in national currency",
        EVERY_FILE,
        observed(HEAD, vintage="before"),
        c.in_local_currency,
    ),
    Kind(
        "scores of an edition delivered again",
        NEWEST,
        observed(CUSTOMS, LOGISTICS, vintage="all"),
        o.editions_repeated,
    ),
    Kind(
        "customs score a point too high in one edition",
        NEWEST,
        observed(CUSTOMS),
        c.shifted_by(1.0),
    ),
    Kind(
        "customs scores of two countries swapped",
        NEWEST,
        observed(CUSTOMS, vintage="all", both=True),
        c.countries_swapped,
    ),
    Kind("figures of 2027 that nobody has yet", NEWEST, observed(GDP), y.year_copied(2024, 2027)),
)

# All indicators of a country, or all countries of an indicator.
WHOLE_COUNTRIES = (
    Kind(
        "all figures of two countries swapped",
        EVERY_FILE,
        observed(vintage="all", both=True),
        c.countries_swapped,
    ),
    Kind(
        "all newest figures of two countries swapped",
        NEWEST,
        observed(both=True),
        c.countries_swapped,
    ),
    Kind("all figures a year late", NEWEST, observed(), y.late(1)),
    Kind("all figures written a year too high", NEWEST, observed(), y.relabelled(1)),
    Kind(
        "all figures copied from another country", NEWEST, observed(both=True), c.copied_from_other
    ),
    Kind(
        "2019 under the name of 2020 too in all figures",
        NEWEST,
        observed(),
        y.year_copied(2019, 2020),
    ),
    Kind("all figures lost", NEWEST, observed(), c.dropped),
    Kind("2018 lost in all figures", NEWEST, observed(), y.years_lost(2018)),
    Kind("GDP of all countries in thousands", NEWEST, observed(GDP), c.scaled(1e-3), (WHOLE,)),
    Kind("GDP per head of all countries a year late", NEWEST, observed(HEAD), y.late(1), (WHOLE,)),
    Kind(
        "GDP of all countries a row off in the sheet", NEWEST, observed(GDP), c.a_row_off, (WHOLE,)
    ),
    Kind(
        "population of all countries in thousands",
        NEWEST,
        observed(PEOPLE),
        c.scaled(1e-3),
        (WHOLE,),
    ),
    Kind(
        "internet users of all countries as share",
        NEWEST,
        observed(INTERNET),
        c.scaled(0.01),
        (WHOLE,),
    ),
    Kind(
        "inflation of all countries as share", NEWEST, observed(INFLATION), c.scaled(0.01), (WHOLE,)
    ),
    Kind(
        "merchandise trade of all countries as share",
        NEWEST,
        observed(OPENNESS),
        c.scaled(0.01),
        (WHOLE,),
    ),
    Kind(
        "price index of all countries since 2015 by another base",
        NEWEST,
        observed(PRICES, years=(2015, 2024)),
        c.scaled(0.8),
        (WHOLE,),
    ),
    Kind(
        "GDP of all countries: 2018 under the name of 2019 too",
        NEWEST,
        observed(GDP),
        y.year_copied(2018, 2019),
        (WHOLE,),
    ),
)

_MEXICO, _GERMANY = Economy("MEX", "TUR", 17.0), Economy("DEU", "FRA", 0.84)
_THAILAND, _INDIA, _TURKEY = (
    Economy("THA", "VNM", 32.0),
    Economy("IND", "BGD", 65.0),
    Economy("TUR", "IRN", 3.0),
)
NAMED = (
    Kind("GDP per head of Mexico x .1", NEWEST, observed(HEAD), c.scaled(0.1), (_MEXICO,)),
    Kind("Germany a year late", NEWEST, observed(HEAD, GDP, PEOPLE), y.late(1), (_GERMANY,)),
    Kind(
        "Thailand and Vietnam swapped",
        NEWEST,
        observed(both=True),
        c.countries_swapped,
        (_THAILAND,),
    ),
    Kind(
        "merchandise trade of India as share", NEWEST, observed(OPENNESS), c.scaled(0.01), (_INDIA,)
    ),
    Kind("internet users of India as share", NEWEST, observed(INTERNET), c.scaled(0.01), (_INDIA,)),
    Kind("population of Turkey / 1000", NEWEST, observed(PEOPLE), c.scaled(1e-3), (_TURKEY,)),
)
