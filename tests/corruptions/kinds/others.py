"""Mistakes in short series: totals, exchange rates, oil prices, volumes of e-commerce."""

from . import changes as c
from . import exchanged as e
from . import years as y
from .form import WHOLE, Change, Kind
from .rows import Pick, every, where

EURO_PER_USD, YEN_PER_USD, BARRELS_PER_TONNE = 0.85, 105.0, 7.33
_VOLUMES = where(lineage=["100ec", "iresearch"], scope="whole year")

# File, name, rows, change.
_OTHERS: tuple[tuple[str, str, Pick, Change], ...] = (
    ("exchange_rates", "upside down", every, e.inverted),
    ("exchange_rates", "upside down in one year", where(years=(2018, 2018)), e.inverted),
    ("exchange_rates", "of the yen", every, c.scaled(YEN_PER_USD / 6.6)),
    ("exchange_rates", "per 100 US$", every, c.scaled(100.0)),
    ("exchange_rates", "per euro", every, c.scaled(1 / EURO_PER_USD)),
    (
        "exchange_rates",
        "per euro in half of the years",
        where(years=(2015, 2025)),
        c.scaled(1 / EURO_PER_USD),
    ),
    ("exchange_rates", "a year late", every, y.late(1)),
    ("exchange_rates", "last value repeated since 2014", every, y.repeated_from(2014)),
    ("exchange_rates", "2016 lost", every, y.years_lost(2016)),
    ("exchange_rates", "2014 under the name of 2015 too", every, y.year_copied(2014, 2015)),
    ("exchange_rates", "in reverse order", every, y.reversed_order),
    ("exchange_rates", "real instead of nominal", where(years=(2005, 2025)), c.scaled(0.6)),
    (
        "exchange_rates",
        "digits transposed in one year",
        where(years=(2015, 2015)),
        c.digits_transposed,
    ),
    ("oil_prices", "per tonne", where(benchmark="brent_nominal"), c.scaled(BARRELS_PER_TONNE)),
    ("oil_prices", "in euros", where(benchmark="brent_nominal"), c.scaled(EURO_PER_USD)),
    (
        "oil_prices",
        "WTI and Brent under each other's name",
        every,
        c.labels_swapped("benchmark", "brent_nominal", "wti_nominal"),
    ),
    ("oil_prices", "real and nominal under each other's name", every, e.real_for_nominal),
    ("oil_prices", "real of another base year", where(benchmark="brent_real_2022"), c.scaled(0.75)),
    (
        "oil_prices",
        "real of another base year in half of the years",
        where((2012, 2025), benchmark="brent_real_2022"),
        c.scaled(0.75),
    ),
    ("oil_prices", "real a year late", where(benchmark="brent_real_2022"), y.late(1)),
    ("oil_prices", "nominal a year late", where(benchmark="brent_nominal"), y.late(1)),
    ("oil_prices", "all a year late", every, y.late(1)),
    ("oil_prices", "last value repeated since 2015", every, y.repeated_from(2015)),
    ("oil_prices", "2016 lost", every, y.years_lost(2016)),
    ("oil_prices", "in cents", every, c.scaled(100.0)),
    ("oil_prices", "in reverse order", every, y.reversed_order),
    ("total_trade", "in thousands", every, c.scaled(1e-3)),
    ("total_trade", "in RMB", every, c.in_renminbi),
    ("total_trade", "exports in RMB", where(flow="export"), c.in_renminbi),
    (
        "total_trade",
        "exports and imports swapped",
        every,
        c.labels_swapped("flow", "export", "import"),
    ),
    ("total_trade", "a year late", every, y.late(1)),
    ("total_trade", "years written a year too high", every, y.relabelled(1)),
    ("total_trade", "with services", every, c.scaled(1.2)),
    ("total_trade", "half of the last year", where(years=(2024, 2024)), c.scaled(0.5)),
    ("total_trade", "exports under imports too", every, e.exports_as_imports_of_country),
    ("total_trade", "2015 lost", every, y.years_lost(2015)),
    ("total_trade", "2018 under the name of 2019 too", every, y.year_copied(2018, 2019)),
    ("total_trade", "last value repeated since 2017", every, y.repeated_from(2017)),
    ("total_trade", "counted twice", every, c.scaled(2.0)),
    ("ecommerce_volumes", "in US$", _VOLUMES, c.scaled(1 / 6.6)),
    (
        "ecommerce_volumes",
        "in US$ in one year",
        where(2 * (2019,), lineage="100ec", scope="whole year"),
        c.scaled(1 / 6.9),
    ),
    ("ecommerce_volumes", "in billions", _VOLUMES, c.scaled(1e3)),
    ("ecommerce_volumes", "in hundreds of millions, read as billions", _VOLUMES, c.scaled(10.0)),
    (
        "ecommerce_volumes",
        "x 10 in one year",
        where(2 * (2016,), lineage="100ec", scope="whole year"),
        c.scaled(10.0),
    ),
    ("ecommerce_volumes", "of the customs under the institute", _VOLUMES, c.scaled(1 / 6.5)),
    (
        "ecommerce_volumes",
        "of the customs in one year",
        where(2 * (2020,), lineage="100ec", scope="whole year"),
        c.scaled(1 / 7.4),
    ),
    ("ecommerce_volumes", "a year late", _VOLUMES, e.volumes_late),
    ("ecommerce_volumes", "last value repeated since 2017", _VOLUMES, e.volumes_repeated(2017)),
    (
        "ecommerce_volumes",
        "half of one year",
        where(2 * (2018,), lineage="100ec", scope="whole year"),
        c.scaled(0.5),
    ),
    ("ecommerce_volumes", "exports only", _VOLUMES, c.scaled(0.78)),
    (
        "ecommerce_volumes",
        "exports only in one year",
        where(quote_id="100ec_2017"),
        c.figure_is(6.3),
    ),
    ("ecommerce_volumes", "retail only", _VOLUMES, c.scaled(0.22)),
    ("ecommerce_volumes", "lost in one year", where(quote_id="100ec_2018"), c.dropped),
    (
        "ecommerce_volumes",
        "digits transposed in one year",
        where(quote_id="100ec_2016"),
        c.digits_transposed,
    ),
    ("ecommerce_volumes", "in another currency by its label", _VOLUMES, c.set_to(currency="USD")),
    (
        "total_trade_press",
        "in billions",
        every,
        c.scaled(1e3, "total_rmb_tn", "exports_rmb_tn", "imports_rmb_tn"),
    ),
    ("total_trade_press", "a year late", every, y.relabelled(1)),
    (
        "total_trade_press",
        "exports and imports swapped",
        every,
        c.columns_swapped("exports_rmb_tn", "imports_rmb_tn"),
    ),
    (
        "total_trade_press",
        "US$ under RMB",
        where(years=(2014, 2014)),
        c.columns_swapped("total_rmb_tn", "total_usd_tn"),
    ),
    (
        "trade_agreements",
        "member a year late",
        where(agreement="WTO", country_code="KAZ"),
        c.set_to(status_date="2016-11-30"),
    ),
    (
        "trade_agreements",
        "day and month swapped",
        where(agreement="WTO", country_code="TJK"),
        c.set_to(status_date="2013-02-03"),
    ),
    (
        "trade_agreements",
        "members of two countries swapped",
        where(agreement="WTO"),
        c.labels_swapped("country_code", "KAZ", "UZB"),
    ),
    ("trade_agreements", "all in force", where(agreement="RCEP"), c.set_to(status="in force")),
    ("trade_notes", "of another year", every, c.add_to_year(1)),
    ("trade_notes", "of another country", where(country_code="KAZ"), c.set_to(country_code="UKR")),
    (
        "indicators",
        "share for per cent",
        where(indicator="internet_users_pct"),
        c.set_to(value_max=1.0, unit="share of population"),
    ),
    (
        "indicators",
        "editions for revisions",
        where(indicator="gdp_usd"),
        c.set_to(vintage_kind="edition"),
    ),
    ("observation_vintages", "a date later", where(indicator_code="SP.POP.TOTL"), e.dates_later),
    (
        "observation_vintages",
        "counts of another file",
        where(indicator_code="NY.GDP.MKTP.CD"),
        c.scaled_whole(1.1, "value_count"),
    ),
)

OTHERS = tuple(
    Kind(f"{file.replace('_', ' ')}: {name}", (file,), pick, change, (WHOLE,))
    for file, name, pick, change in _OTHERS
)
