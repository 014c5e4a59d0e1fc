"""Mistakes in `trade_flows` of the reporter's own statistics and in `world_trade`."""

from . import changes as c
from . import mixed as m
from . import years as y
from .form import WHOLE, Change, Economy, Kind
from .rows import Pick, every, flows, of_pairs

FLOWS, WORLD = ("trade_flows",), ("world_trade",)

# Name, rows, change: of the flows that the reporter states with the economy.
_FLOWS: tuple[tuple[str, Pick, Change], ...] = (
    ("in thousands", flows(), c.scaled(1e-3)),
    ("in millions", flows(), c.scaled(1e-6)),
    ("in thousands in the last year", flows(years=(2024, 2024)), c.scaled(1e-3)),
    ("in thousands in the first years", flows(years=(2007, 2012)), c.scaled(1e-3)),
    ("exports in thousands", flows("export"), c.scaled(1e-3)),
    ("x 100", flows(), c.scaled(100.0)),
    ("x 100 in one year", flows(years=(2016, 2016)), c.scaled(100.0)),
    ("x 10", flows(), c.scaled(10.0)),
    ("imports lost a digit", flows("import"), c.scaled(0.1)),
    ("in RMB", flows(), c.in_renminbi),
    ("in RMB since 2018", flows(years=(2018, 2024)), c.in_renminbi),
    ("in RMB in the last year", flows(years=(2024, 2024)), c.in_renminbi),
    ("in currency of the partner", flows(), c.in_local_currency),
    ("exports and imports swapped", flows(), c.labels_swapped("flow", "export", "import")),
    (
        "exports and imports swapped in one year",
        flows(years=(2017, 2017)),
        c.labels_swapped("flow", "export", "import"),
    ),
    (
        "exports and imports swapped in half of the years",
        flows(years=(2007, 2015)),
        c.labels_swapped("flow", "export", "import"),
    ),
    ("exports under imports too", flows(), m.exports_as_imports),
    ("total of both directions as exports", flows(), m.total_as_exports),
    ("balance as exports", flows(), m.balance_as_exports),
    ("one value 2012-22", flows(years=(2012, 2022)), y.repeated_from(2012)),
    ("last value repeated since 2020", flows(), y.repeated_from(2020)),
    ("a year late", flows(), y.late(1)),
    ("a year early", flows(), y.late(-1)),
    ("years written a year too high", flows(), y.relabelled(1)),
    ("2015 lost", flows(), y.years_lost(2015)),
    ("last year lost", flows(), y.years_lost(2024)),
    ("2014 under the name of 2015 too", flows(), y.year_copied(2014, 2015)),
    ("2013 and 2018 under each other's name", flows(), y.years_swapped(2013, 2018)),
    ("years in reverse order", flows(), y.reversed_order),
    ("interpolated 2009-2021", flows(years=(2009, 2021)), y.interpolated),
    ("added up over the years", flows(), y.running_total),
    ("two partners swapped", flows(both=True), c.countries_swapped),
    ("two partners swapped since 2015", flows(years=(2015, 2024), both=True), c.countries_swapped),
    ("copied from another partner", flows(both=True), c.copied_from_other),
    ("under the code of another partner", flows(both=True), c.wrong_code),
    ("with another partner's counted in", flows(both=True), c.with_other_added(1.0)),
    ("with a third of the hub's counted in", flows(), m.with_hub_added(0.3)),
    ("of the mirror: what the partner reports", flows(), m.of_the_mirror),
    ("monthly averages", flows(), c.scaled(1 / 12)),
    ("half of the last year", flows(years=(2024, 2024)), c.scaled(0.5)),
    ("only farm products", flows(), c.scaled(0.06)),
    ("by weight instead of value", flows(), c.scaled(0.4)),
    ("at constant prices", flows(), m.at_constant_prices),
    ("half of the years revised by 30 %", flows(years=(2007, 2015)), c.scaled(1.3)),
    ("half of the years doubled", flows(years=(2016, 2024)), c.scaled(2.0)),
    ("counted twice", flows(), c.scaled(2.0)),
    ("counted twice in one year", flows(years=(2018, 2018)), c.scaled(2.0)),
    ("digits transposed in one year", flows(years=(2016, 2016)), c.digits_transposed),
    ("sign reversed in one year", flows(years=(2016, 2016)), c.scaled(-1.0)),
    ("0 for a missing year", flows(years=(2016, 2016)), c.figure_is(0.0)),
    ("imports lost", flows("import"), c.dropped),
    ("all lost", flows(), c.dropped),
    ("the total of all partners under one", flows(), m.total_of_all),
    ("valuations under each other's name", flows(), c.labels_swapped("valuation", "FOB", "CIF")),
    ("in full tens of millions", flows(), c.rounded_to(1e7)),
)
# Of all partners at once.
_ALL_FLOWS: tuple[tuple[str, Pick, Change], ...] = (
    ("in thousands", flows(), c.scaled(1e-3)),
    ("in thousands in the last year", flows(years=(2024, 2024)), c.scaled(1e-3)),
    ("in RMB", flows(), c.in_renminbi),
    ("in RMB since 2018", flows(years=(2018, 2024)), c.in_renminbi),
    ("exports in RMB", flows("export"), c.in_renminbi),
    ("exports and imports swapped", flows(), c.labels_swapped("flow", "export", "import")),
    ("years written a year too high", flows(), y.relabelled(1)),
    ("2018 under the name of 2019 too", flows(), y.year_copied(2018, 2019)),
    ("2019 lost", flows(), y.years_lost(2019)),
    ("one year counted twice", flows(years=(2017, 2017)), c.scaled(2.0)),
    ("half of the last year", flows(years=(2024, 2024)), c.scaled(0.5)),
    ("partners a row off in the sheet", flows("export"), m.partners_a_row_off("partner_code")),
    ("imports lost since 2020", flows("import", years=(2020, 2024)), c.dropped),
)
# Of an economy in world trade: its exports are the rows where it is first.
_WORLD: tuple[tuple[str, Pick, Change], ...] = (
    ("in thousands", of_pairs(), c.scaled(1e-3)),
    ("exports in thousands", of_pairs("first"), c.scaled(1e-3)),
    ("in thousands in the last year", of_pairs(years=(2020, 2020)), c.scaled(1e-3)),
    ("exports x 100", of_pairs("first"), c.scaled(100.0)),
    ("imports lost a digit", of_pairs("second"), c.scaled(0.1)),
    ("in national currency", of_pairs(), c.in_local_currency),
    ("exports counted twice", of_pairs("first"), c.scaled(2.0)),
    ("exports of half of the years doubled", of_pairs("first", years=(2011, 2020)), c.scaled(2.0)),
    (
        "exporters and importers swapped",
        of_pairs(),
        c.columns_swapped("exporter_code", "importer_code"),
    ),
    (
        "exporters and importers swapped in one year",
        of_pairs(years=(2015, 2015)),
        c.columns_swapped("exporter_code", "importer_code"),
    ),
    ("two economies swapped", of_pairs(both=True), c.countries_swapped),
    ("under the code of another economy", of_pairs(both=True), c.wrong_code),
    ("exports a year late", of_pairs("first"), y.late(1)),
    ("years written a year too high", of_pairs(), y.relabelled(1)),
    ("exports of one year 2012-20", of_pairs("first", years=(2012, 2020)), y.repeated_from(2012)),
    ("last value repeated since 2018", of_pairs(), y.repeated_from(2018)),
    ("2015 lost", of_pairs(), y.years_lost(2015)),
    ("2014 under the name of 2015 too", of_pairs(), y.year_copied(2014, 2015)),
    ("years in reverse order", of_pairs("first"), y.reversed_order),
    ("half of the last year", of_pairs(years=(2020, 2020)), c.scaled(0.5)),
    ("in full millions", of_pairs(), c.rounded_to(1e6)),
    ("imports lost", of_pairs("second"), c.dropped),
    ("all lost", of_pairs(), c.dropped),
    ("with a third of the hub's exports counted in", of_pairs("first"), m.with_hub_added(0.3)),
    ("exports to one partner x 100", of_pairs("first", partner="CHN"), c.scaled(100.0)),
    ("trade with one partner in thousands", of_pairs(partner="CHN"), c.scaled(1e-3)),
    (
        "trade with one partner x 1000 in one year",
        of_pairs(partner="CHN", years=(2014, 2014)),
        c.scaled(1e3),
    ),
    (
        "directions swapped with one partner",
        of_pairs(partner="CHN"),
        c.columns_swapped("exporter_code", "importer_code"),
    ),
    ("trade with one partner a year late", of_pairs(partner="CHN"), y.late(1)),
    ("trade with one partner lost", of_pairs(partner="CHN"), c.dropped),
    (
        "trade with one partner of one year 2012-20",
        of_pairs(partner="CHN", years=(2012, 2020)),
        y.repeated_from(2012),
    ),
    ("at constant prices", of_pairs("first"), m.at_constant_prices),
)
_ALL_WORLD: tuple[tuple[str, Pick, Change], ...] = (
    ("in thousands", every, c.scaled(1e-3)),
    ("in euros", every, c.scaled(0.82)),
    ("exporters and importers swapped", every, c.columns_swapped("exporter_code", "importer_code")),
    ("years written a year too high", every, y.relabelled(1)),
    ("2018 under the name of 2019 too", every, y.year_copied(2018, 2019)),
    ("2016 lost", every, y.years_lost(2016)),
    ("one year in thousands", of_pairs(years=(2020, 2020)), c.scaled(1e-3)),
    ("one year in millions", of_pairs(years=(2010, 2010)), c.scaled(1e-6)),
    ("2017 counted twice", of_pairs(years=(2017, 2017)), c.scaled(2.0)),
    ("exporters a row off in the sheet", every, m.partners_a_row_off("exporter_code")),
    ("in full millions", every, c.rounded_to(1e6)),
)

_BRAZIL, _SOUTH_AFRICA = Economy("BRA", "ARG", 3.0), Economy("ZAF", "NGA", 12.0)
_JAPAN, _POLAND, _LAOS = (
    Economy("JPN", "KOR", 105.0),
    Economy("POL", "CZE", 3.7),
    Economy("LAO", "KHM", 8300.0),
)
_NAMED = (
    Kind(
        "flows of Japan: exports and imports swapped",
        FLOWS,
        flows(),
        c.labels_swapped("flow", "export", "import"),
        (_JAPAN,),
    ),
    Kind(
        "world trade of Japan: directions swapped",
        WORLD,
        of_pairs(),
        c.columns_swapped("exporter_code", "importer_code"),
        (_JAPAN,),
    ),
    Kind(
        "flows of South Africa: one value 2012-22",
        FLOWS,
        flows(years=(2012, 2022)),
        y.repeated_from(2012),
        (_SOUTH_AFRICA,),
    ),
    Kind("flows of Poland in thousands", FLOWS, flows(), c.scaled(1e-3), (_POLAND,)),
    Kind("world trade of Laos x 100", WORLD, of_pairs(), c.scaled(100.0), (_LAOS,)),
)

TRADE = (
    *(Kind(f"flows: {name}", FLOWS, pick, change) for name, pick, change in _FLOWS),
    *(
        Kind(f"all flows: {name}", FLOWS, pick, change, (WHOLE,))
        for name, pick, change in _ALL_FLOWS
    ),
    *(Kind(f"world trade: {name}", WORLD, pick, change) for name, pick, change in _WORLD),
    *(
        Kind(f"all world trade: {name}", WORLD, pick, change, (WHOLE,))
        for name, pick, change in _ALL_WORLD
    ),
    *_NAMED,
)
