"""Levels and series beside their witnesses: every rule is broken once, real figures pass.

All mistakes are made at once, each in figures of another economy, so that the frames are made twice
in all: of the figures as they are, and of the damaged ones.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.test_gate import Frames, declared, read_inputs

from trade_potential.quality.checks import ROWS, Check
from trade_potential.quality.circles import CIRCLES
from trade_potential.quality.cubes import longest_run, significant_digits
from trade_potential.quality.frames import frame_of, key_of
from trade_potential.quality.gate import check_inputs
from trade_potential.quality.gate_row import NO_ROW
from trade_potential.quality.inputs import Input, read_input
from trade_potential.quality.levels import Known, swaps
from trade_potential.quality.measured import measured
from trade_potential.quality.parts import profile
from trade_potential.quality.suites_series import PEER_CHECKS, SERIES_CHECKS
from trade_potential.quality.suites_trade import TRADE_CHECKS

CHECKS = (*SERIES_CHECKS, *PEER_CHECKS, *TRADE_CHECKS)
KNOWN = Path(__file__).parents[2] / "seeds" / "study" / "acknowledged_warnings.csv"
NAMES = (
    "observations", "world_observations", "indicators", "trade_flows", "world_trade",
    "country_pairs", "world_pairs", "countries", "country_code_mappings",
)  # fmt: skip
KM = ["distance_km", "distance_capitals_km", "distance_weighted_km"]
MILES = 1.609
Refused = dict[str, dict[str, str]]


def refused(frames: Mapping[str, pd.DataFrame], checks: tuple[Check, ...] = CHECKS) -> Refused:
    """What the checks refuse, by check and key, and what stands there."""
    pair = ("origin_code", "destination_code")
    inputs = {name: read_input(name, frames[name], key=pair) for name in frames}
    tables = {name: of.frame for name, of in inputs.items()}
    known = Known({**tables, **profile(inputs)})
    made: dict[tuple[str, str], pd.DataFrame] = {}
    found: Refused = {}
    for check in checks:
        if check.of == ROWS:
            rows = _of_rows(check, known, inputs)
            key = ["reporter_code", "partner_code"]
        else:
            place = (check.suite, check.of)
            rows = made.setdefault(place, frame_of(*place, known))
            key = list(key_of(*place))
        if check.only is not None:
            rows = rows[rows[check.only[0]] == check.only[1]]
        values = rows[check.columns[0]]
        if "min_value" in check.settings:
            low, high = check.settings["min_value"], check.settings["max_value"]
            rows = rows[values.notna() & ~values.between(low, high)]
        else:
            rows = rows[values.notna()]
        if len(rows):
            keys = [", ".join(map(str, each)) for each in rows[key].itertuples(index=False)]
            found[check.check_id] = dict(
                zip(keys, rows[check.columns[0]].astype("str"), strict=True)
            )
    return found


def _of_rows(check: Check, known: Known, inputs: Mapping[str, Input]) -> pd.DataFrame:
    if check.suite == "country_pairs":
        column = check.columns[0]
        return known["country_pairs"].assign(**{column: CIRCLES["country_pairs"][column](known)})
    if check.suite == "world_pairs":
        found = measured(inputs["world_pairs"], "world_pairs", [check])[check.check_id].failing
        names = {"origin_code": "reporter_code", "destination_code": "partner_code"}
        return found.rename(columns=names).reindex(columns=[*names.values(), *check.columns])
    return pd.DataFrame(columns=["reporter_code", "partner_code", *check.columns])


@pytest.fixture(scope="module")
def inputs() -> Frames:
    frames = read_inputs()
    return {name: frames[name] for name in NAMES}


def test_real_figures_warn_where_the_cause_is_known_and_stop_nowhere(inputs: Frames) -> None:
    of_series = {check.check_id for check in CHECKS}
    with KNOWN.open(encoding="utf-8") as file:
        known = {
            (row["check_id"], row["row_pattern"].split(" = ")[0])
            for row in csv.DictReader(file)
            if row["check_id"] in of_series
        }
    found = {(check, key) for check, rows in refused(inputs).items() for key in rows}
    assert found == known
    severities = {check.check_id: check.severity for check in CHECKS}
    assert {severities[check] for check, _ in found} == {"warning"}


def damaged(inputs: Frames) -> Frames:
    """The figures with one mistake of each kind."""
    frames = {name: frame.copy() for name, frame in inputs.items()}
    figures, newest = frames["observations"], _newest(frames["observations"])

    def of(code: str, economy: str) -> pd.Index:
        is_it = (figures["indicator_code"] == code) & (figures["country_code"] == economy)
        return figures.index[is_it & newest]

    def by(code: str, economy: str, factor: float) -> None:
        figures.loc[of(code, economy), "observed_value"] *= factor

    def moved(code: str, economy: str, years: int) -> None:
        rows = figures.loc[of(code, economy)].sort_values("year").index
        values = figures.loc[rows, "observed_value"].to_numpy()
        places = np.clip(np.arange(len(rows)) - years, 0, len(rows) - 1)
        figures.loc[rows, "observed_value"] = values[places]

    def between(code: str, economy: str, first: int, last: int) -> pd.Index:
        rows = figures.loc[of(code, economy)]
        return rows.index[rows["year"].between(first, last)]

    def exchanged(one: pd.Index, other: pd.Index, column: str, names: tuple[str, str]) -> None:
        figures.loc[one, column], figures.loc[other, column] = names[1], names[0]

    by("NY.GDP.PCAP.PP.CD", "MEX", 0.1)
    moved("NY.GDP.MKTP.CD", "DEU", 1)
    pair = (of("NY.GDP.MKTP.CD", "THA"), of("NY.GDP.MKTP.CD", "VNM"))
    exchanged(*pair, "country_code", ("THA", "VNM"))
    by("IT.NET.USER.ZS", "IND", 0.01)
    by("SP.POP.TOTL", "TUR", 1e-3)
    pair = (of("NE.EXP.GNFS.ZS", "EGY"), of("NE.IMP.GNFS.ZS", "EGY"))
    exchanged(*pair, "indicator_code", ("NE.EXP.GNFS.ZS", "NE.IMP.GNFS.ZS"))
    figures.loc[between("NE.EXP.GNFS.ZS", "COL", 2012, 2016), "observed_value"] *= 2.5
    figures.loc[between("NE.IMP.GNFS.ZS", "PER", 2014, 2014), "observed_value"] *= 200
    figures.loc[between("TG.VAL.TOTL.GD.ZS", "CHL", 2012, 2016), "observed_value"] = 0.0
    figures.loc[between("IT.CEL.SETS.P2", "ARG", 2012, 2022), "observed_value"] = 140.625
    figures.loc[between("IMF.WEO.PCPIPCH", "ITA", 2012, 2018), "observed_value"] += 5.0
    by("NY.GDP.PCAP.PP.KD", "ESP", 3.0)
    figures.loc[between("NY.GDP.PCAP.PP.KD", "ROU", 2012, 2014), "observed_value"] *= 3.0
    figures.loc[between("NY.GDP.MKTP.CD", "POL", 2012, 2014), "observed_value"] *= 4.0
    figures.loc[between("TG.VAL.TOTL.GD.ZS", "URY", 2013, 2015), "observed_value"] *= 4.0
    by("TG.VAL.TOTL.GD.ZS", "NOR", 0.1)
    by("IT.NET.SECR.P6", "SWE", 10.0)
    for code, economy in (
        ("GB.XPD.RSDV.GD.ZS", "FIN"), ("SE.TER.ENRR", "BGR"), ("SE.TER.CUAT.BA.ZS", "GRC"),
        ("IT.MLT.MAIN.P2", "CHE"), ("IT.CEL.SETS.P2", "DNK"), ("IT.NET.SECR.P6", "ZMB"),
        ("IT.NET.BBND.P2", "AUT"),
    ):  # fmt: skip
        by(code, economy, 0.01)
    copied = of("IT.NET.BBND.P2", "BEL")
    other = figures.loc[of("IT.NET.BBND.P2", "NLD")].set_index("year")["observed_value"]
    figures.loc[copied, "observed_value"] = figures.loc[copied, "year"].map(other).to_numpy()
    rows = figures.index[
        (figures["indicator_code"] == "LP.LPI.CUST.XQ") & (figures["country_code"] == "HUN")
    ]
    figures.loc[rows, "observed_value"] += 0.7
    rows = figures.loc[of("NY.GDP.PCAP.PP.CD", "LAO")]
    rows = rows[rows["year"].isin([2011, 2017])]
    figures.loc[rows.index, "observed_value"] = rows["observed_value"].to_numpy()[::-1]
    gone = [of("NY.GDP.PCAP.PP.KD", economy) for economy in ("KAZ", "AUS")]
    frames["observations"] = figures.drop(gone[0].union(gone[1]))
    _damage_older(frames)
    _damage_trade(frames)
    _damage_pairs(frames)
    return frames


def _newest(figures: pd.DataFrame) -> pd.Series:
    return figures["vintage_date"].eq(
        figures.groupby("indicator_code")["vintage_date"].transform("max")
    )


def _damage_older(frames: Frames) -> None:
    """The older vintages of the world: every rule of a series once more."""
    figures = frames["world_observations"]
    dates = figures["vintage_date"].astype("str").str[:10]
    is_older = dates.isin(["2023-11-20", "2022-09-16", "2024-10-15"])

    def of(code: str, economy: str, first: int = 2000, last: int = 2030) -> pd.Index:
        is_it = (figures["indicator_code"] == code) & (figures["country_code"] == economy)
        return figures.index[is_it & is_older & figures["year"].between(first, last)]

    figures.loc[of("NY.GDP.MKTP.CD", "NZL"), "observed_value"] *= 1e-3
    figures.loc[of("TG.VAL.TOTL.GD.ZS", "JPN", 2012, 2016), "observed_value"] *= 120.0
    figures.loc[of("IMF.WEO.PCPIPCH", "IRL", 2012, 2018), "observed_value"] += 5.0
    figures.loc[of("IT.MLT.MAIN.P2", "PRT", 2012, 2014), "observed_value"] = 0.0
    figures.loc[of("IT.CEL.SETS.P2", "SVN", 2010, 2019), "observed_value"] = 140.625
    moved = figures.loc[of("NE.EXP.GNFS.ZS", "LTU")].sort_values(["vintage_date", "year"])
    figures.loc[moved.index, "observed_value"] = moved["observed_value"].shift().bfill().to_numpy()
    one, other = of("SP.POP.TOTL", "KEN"), of("SP.POP.TOTL", "CAN")
    figures.loc[one, "country_code"], figures.loc[other, "country_code"] = "CAN", "KEN"
    one, other = (of(code, "ZMB") for code in ("NE.EXP.GNFS.ZS", "TG.VAL.TOTL.GD.ZS"))
    figures.loc[one, "indicator_code"], figures.loc[other, "indicator_code"] = (
        "TG.VAL.TOTL.GD.ZS", "NE.EXP.GNFS.ZS",
    )  # fmt: skip
    rows = figures.loc[of("NE.IMP.GNFS.ZS", "BWA")]
    rows = rows[rows["year"].isin([2009, 2016])]
    figures.loc[rows.index, "observed_value"] = rows["observed_value"].to_numpy()[::-1]
    copied, whole = of("IT.CEL.SETS.P2", "GHA"), of("IT.CEL.SETS.P2", "NGA")
    years = figures.loc[whole].set_index(["vintage_date", "year"])["observed_value"]
    keys = pd.MultiIndex.from_frame(figures.loc[copied, ["vintage_date", "year"]])
    figures.loc[copied, "observed_value"] = years.reindex(keys).to_numpy()


def _damage_trade(frames: Frames) -> None:
    flows, world = frames["trade_flows"], frames["world_trade"]
    partner, year = flows["partner_code"], flows["year"]
    flows["trade_usd"] *= np.select([partner == "LAO", partner == "POL"], [100.0, 1e-3], 1.0)
    flows.loc[partner == "JPN", "flow"] = flows["flow"].map(
        {"export": "import", "import": "export"}
    )
    flows.loc[(partner == "ZAF") & year.between(2012, 2022), "trade_usd"] = 12345678901.0
    flows.loc[partner.isin(["AUS", "HUN"]), "partner_code"] = partner.map(
        {"AUS": "HUN", "HUN": "AUS"}
    )
    late = flows[(partner == "BRA") & (flows["flow"] == "import")].sort_values("year")
    flows.loc[late.index, "trade_usd"] = late["trade_usd"].shift().bfill()
    flows.loc[(partner == "CHL") & (year == 2012), "trade_usd"] *= 20.0
    is_gone = (partner == "MYS") & (year > 2018) | (partner == "PHL") & (year == 2012)
    frames["trade_flows"] = flows = flows.drop(flows.index[is_gone])
    partner, year = flows["partner_code"], flows["year"]
    mirror = world[world["exporter_code"] == "CHN"].set_index(["importer_code", "year"])
    place = flows.index[(partner == "EGY") & (flows["flow"] == "export") & (year < 2020)]
    keys = pd.MultiIndex.from_frame(flows.loc[place, ["partner_code", "year"]])
    flows.loc[place, "trade_usd"] = mirror["trade_usd"].reindex(keys).to_numpy()
    same = flows[(partner == "FIN") & (flows["flow"] == "export")].set_index("year")["trade_usd"]
    place = flows.index[(partner == "NOR") & (flows["flow"] == "export")]
    flows.loc[place, "trade_usd"] = flows.loc[place, "year"].map(same).to_numpy()
    is_gone = (world["exporter_code"] == "CHN") & (world["importer_code"] == "IRQ")
    frames["world_trade"] = world = world[~(is_gone & (world["year"] == 2015))].copy()
    flows.loc[(year == 2014) & (flows["flow"] == "export"), "trade_usd"] *= 6.9
    first, last = world["exporter_code"].copy(), world["importer_code"].copy()
    names = {"DEU": "ITA", "ITA": "DEU"}
    world["exporter_code"], world["importer_code"] = first.replace(names), last.replace(names)
    exports = {"LKA": 1e-3, "KOR": 30.0, "SGP": 100.0}
    imports = {"KEN": 30.0, "LKA": 1e-3, "SGP": 1e-2}
    world["trade_usd"] *= first.map(exports).fillna(1.0) * last.map(imports).fillna(1.0)
    is_part = (first == "MAR") & world["year"].between(2012, 2014)
    world.loc[is_part, "trade_usd"] *= 40.0
    is_part = (last == "PHL") & world["year"].between(2012, 2014)
    world.loc[is_part, "trade_usd"] *= 12.0
    before = world[(first == "VNM") & (world["year"] == 2011)].set_index("importer_code")
    same = world.index[(first == "VNM") & (world["year"] == 2012)]
    values = world.loc[same, "importer_code"].map(before["trade_usd"])
    world.loc[same, "trade_usd"] = values.fillna(world.loc[same, "trade_usd"])
    world.loc[(first == "ZMB") & (last == "CHE"), "trade_usd"] = 1234567891.0
    copy = world.index[(first == "PER") & (last == "CHL")]
    other = world[(first == "ECU") & (last == "COL")].set_index("year")["trade_usd"]
    world.loc[copy, "trade_usd"] = world.loc[copy, "year"].map(other).to_numpy()
    late = world[(first == "SAU") | (last == "SAU")]
    late = late.sort_values(["exporter_code", "importer_code", "year"])
    moved = late.groupby(["exporter_code", "importer_code"])["trade_usd"].shift()
    world.loc[late.index, "trade_usd"] = moved.fillna(late["trade_usd"])


def _damage_pairs(frames: Frames) -> None:
    pairs, world = frames["country_pairs"], frames["world_pairs"]
    pairs.loc[pairs["partner_code"] == "PAK", KM] /= MILES
    pairs.loc[pairs["partner_code"] == "KAZ", "is_contiguous"] = False
    is_it = (world["origin_code"] == "BRA") | (world["destination_code"] == "BRA")
    world.loc[is_it, KM] /= MILES
    world.loc[world["origin_code"] == "PER", "distance_weighted_km"] /= MILES


EXPECTED: tuple[tuple[str, str], ...] = (
    ("observations.series.level_factor", "NY.GDP.PCAP.PP.CD, MEX, 2026-07-01"),
    ("observations.series.level_factor.beyond_doubt", "IT.NET.USER.ZS, IND, 2025-12-08"),
    ("observations.series.level_factor.beyond_doubt", "SP.POP.TOTL, TUR, 2026-07-01"),
    ("observations.series.year_ratio", "NY.GDP.MKTP.CD, DEU, 2026-07-01"),
    ("observations.missing.swapped_with", "NY.GDP.MKTP.CD, THA, 2026-07-01"),
    ("observations.missing.figures_of", "NE.EXP.GNFS.ZS, EGY, 2026-07-01"),
    ("observations.missing.copy_of", "IT.NET.BBND.P2, BEL, 2026-07-01"),
    ("observations.series.block_factor", "NE.EXP.GNFS.ZS, COL, 2026-07-01"),
    ("observations.series.broken_factor", "NE.IMP.GNFS.ZS, PER, 2026-07-01"),
    ("observations.series.broken_factor.beyond_doubt", "NE.IMP.GNFS.ZS, PER, 2026-07-01"),
    ("observations.series.growth_gap", "IMF.WEO.PCPIPCH, ITA, 2025-10-15"),
    ("observations.missing.years_swapped", "NY.GDP.PCAP.PP.CD, LAO, 2026-07-01"),
    ("observations.missing.dropped_by", "NY.GDP.PCAP.PP.KD, KAZ, 2023-11-20"),
    ("observations.series.zero_years", "TG.VAL.TOTL.GD.ZS, CHL, 2026-07-01"),
    ("observations.series.repeated_years", "IT.CEL.SETS.P2, ARG, 2026-07-01"),
    ("observations.economies.income_level", "MEX"),
    ("observations.economies.income_level.beyond_doubt", "TUR"),
    ("observations.economies.income_broken", "POL"),
    ("observations.economies.deflator_level", "ESP"),
    ("observations.economies.deflator_level.beyond_doubt", "MEX"),
    ("observations.economies.deflator_broken", "ROU"),
    ("observations.economies.goods_level", "NOR"),
    ("observations.economies.goods_broken", "URY"),
    ("observations.economies.inflation_gap", "ITA"),
    ("observations.economies.parts_of_servers", "TUR"),
    ("observations.economies.tens_of_servers", "SWE"),
    ("observations.scores.score_gap", "HUN, 2018"),
    ("observations.scores.exact_score_gap", "HUN, 2016"),
    ("observations.peers.GB.XPD.RSDV.GD.ZS", "GB.XPD.RSDV.GD.ZS, FIN"),
    ("observations.peers.SE.TER.ENRR", "SE.TER.ENRR, BGR"),
    ("observations.peers.SE.TER.CUAT.BA.ZS", "SE.TER.CUAT.BA.ZS, GRC"),
    ("observations.peers.IT.MLT.MAIN.P2", "IT.MLT.MAIN.P2, CHE"),
    ("observations.peers.IT.CEL.SETS.P2", "IT.CEL.SETS.P2, DNK"),
    ("observations.peers.IT.NET.SECR.P6", "IT.NET.SECR.P6, ZMB"),
    ("observations.peers.IT.NET.BBND.P2", "IT.NET.BBND.P2, AUT"),
    ("observations.peers.IT.NET.USER.ZS", "IT.NET.USER.ZS, IND"),
    ("world_observations.series.level_factor.beyond_doubt", "NY.GDP.MKTP.CD, NZL, 2022-09-16"),
    ("world_observations.series.broken_factor.beyond_doubt", "TG.VAL.TOTL.GD.ZS, JPN, 2023-11-20"),
    ("world_observations.series.block_factor.beyond_doubt", "TG.VAL.TOTL.GD.ZS, JPN, 2023-11-20"),
    ("world_observations.series.growth_gap", "IMF.WEO.PCPIPCH, IRL, 2024-10-15"),
    ("world_observations.series.year_ratio", "NE.EXP.GNFS.ZS, LTU, 2023-11-20"),
    ("world_observations.missing.years_swapped", "NE.IMP.GNFS.ZS, BWA, 2023-11-20"),
    ("world_observations.missing.dropped_by", "NY.GDP.PCAP.PP.KD, AUS, 2023-11-20"),
    ("world_observations.series.zero_years", "IT.MLT.MAIN.P2, PRT, 2023-11-20"),
    ("world_observations.series.repeated_years", "IT.CEL.SETS.P2, SVN, 2023-11-20"),
    ("world_observations.missing.swapped_with", "SP.POP.TOTL, KEN, 2022-09-16"),
    ("world_observations.missing.figures_of", "NE.EXP.GNFS.ZS, ZMB, 2023-11-20"),
    ("world_observations.missing.copy_of", "IT.CEL.SETS.P2, GHA, 2023-11-20"),
    ("trade_flows.partners.level_factor.beyond_doubt", "CHN, export, LAO"),
    ("trade_flows.partners.level_factor.beyond_doubt", "CHN, import, POL"),
    ("trade_flows.partners.crossed_ratio", "CHN, export, JPN"),
    ("trade_flows.partners.repeated_years.beyond_doubt", "CHN, import, ZAF"),
    ("trade_flows.missing.swapped_with", "CHN, export, AUS"),
    ("trade_flows.partners.year_ratio", "CHN, import, BRA"),
    ("trade_flows.partners.broken_factor", "CHN, import, CHL"),
    ("trade_flows.missing.copy_of", "CHN, export, NOR"),
    ("trade_flows.partners.mirrored_years", "CHN, export, EGY"),
    ("trade_flows.partners.absent_years", "CHN, import, PHL"),
    ("trade_flows.partners.absent_in_world", "CHN, export, IRQ"),
    ("trade_flows.partners.years_lost", "CHN, import, MYS"),
    ("trade_flows.years.off_factor.beyond_doubt", "CHN, export, 2014"),
    ("world_trade.totals.goods_level.beyond_doubt", "LKA"),
    ("world_trade.totals.large_goods_level.beyond_doubt", "KOR"),
    ("world_trade.totals.goods_broken", "MAR"),
    ("world_trade.totals.goods_years", "SAU"),
    ("world_trade.missing.swapped_with", "DEU"),
    ("world_trade.totals.large_export_level.beyond_doubt", "SGP"),
    ("world_trade.totals.export_broken", "MAR"),
    ("world_trade.totals.import_level", "KEN"),
    ("world_trade.totals.import_level.beyond_doubt", "LKA"),
    ("world_trade.totals.import_broken", "PHL"),
    ("world_trade.exporters.repeated_years.beyond_doubt", "ZMB"),
    ("world_trade.exporters.repeated_flows.beyond_doubt", "VNM"),
    ("world_trade.missing.copy_of", "PER"),
    ("country_pairs.rows.world_distance_factor", "CHN, PAK"),
    ("country_pairs.rows.unlike_ties", "CHN, KAZ"),
    ("world_pairs.origins.distance_over_circle.beyond_doubt", "BRA"),
    ("world_pairs.origins.distance_weighted_over_circle.beyond_doubt", "PER"),
    ("world_pairs.rows.far_distance_spread", "PER, AFG"),
)


@pytest.fixture(scope="module")
def found(inputs: Frames) -> Refused:
    return refused(damaged(inputs))


@pytest.mark.parametrize(("check", "key"), EXPECTED)
def test_a_mistake_is_refused_by_name(found: Refused, check: str, key: str) -> None:
    assert key in found.get(check, {})


def test_every_rule_is_broken_once() -> None:
    """But for second limits and columns of one rule, which differ in nothing else."""
    broken = {check.removesuffix(".beyond_doubt") for check, _ in EXPECTED}
    like = {"country_pairs.origins", "world_pairs.origins"}
    rules = {
        check.check_id.removesuffix(".beyond_doubt")
        for check in CHECKS
        if check.check_id.rpartition(".")[0] not in like
    }
    rules = {rule for rule in rules if not rule.startswith(tuple(like))}
    assert rules - broken - {"total_trade.partner_sum"} == set()


def test_what_has_no_witness_is_named_and_no_failure(inputs: Frames) -> None:
    """Trade alone: neither vintages nor the world's trade stand beside it."""
    frames = {"trade_flows": inputs["trade_flows"], "country_pairs": inputs["country_pairs"]}
    declaration = declared()
    declaration = declaration[declaration["input_name"].isin(frames)]
    results = check_inputs(frames, declaration).set_index("check_id")
    mirror = results.loc["trade_flows.partners.level_factor.beyond_doubt"]
    assert (mirror["passed"], mirror["rows_checked"]) == (True, 0)
    assert mirror["observed"] == "not checked: no flows of all goods in world_trade"
    pair = results.loc["country_pairs.rows.world_distance_factor"]
    assert (pair["passed"], pair["observed"]) == (True, "not checked: no pair in world_pairs")
    assert NO_ROW not in set(results.loc[results["passed"], "observed"])


def test_a_refused_series_says_what_its_witness_says(inputs: Frames) -> None:
    flows = inputs["trade_flows"].copy()
    flows.loc[flows["partner_code"] == "POL", "trade_usd"] /= 1000
    frames = {"trade_flows": flows, "world_trade": inputs["world_trade"]}
    declaration = declared()
    declaration = declaration[declaration["input_name"].isin(frames)]
    results = check_inputs(frames, declaration).set_index("check_id")
    told: Any = results.loc["trade_flows.partners.level_factor.beyond_doubt", "failing_keys"]
    assert told.startswith("key: CHN, export, POL = 1319.")
    assert "where world_trade has " in told


def test_swaps_are_mutual_and_clear() -> None:
    years = np.arange(6.0)
    own = np.array([years, years + 3, years + 9])
    witness = own[[1, 0, 2]] + 0.01
    assert swaps(own, witness, 0.1) == {0: 1, 1: 0}
    assert swaps(own, own + 0.01, 0.1) == {}
    copied = own[[1, 1, 2]]  # the second keeps its own
    assert swaps(copied, own, 0.1) == {}


def test_digits_and_runs() -> None:
    values = np.array([12.0, 99.65, 140.625, 0.123456789, 0.0, np.nan])
    assert significant_digits(values).tolist() == [2, 4, 6, 6, 0, 0]
    length, end = longest_run(np.array([[True, False, True, True], [False] * 4]))
    assert (length.tolist(), end.tolist()) == ([2, 0], [3, 0])
