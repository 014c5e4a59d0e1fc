"""Levels and series beside their witnesses: every rule is broken once, real figures pass.

All mistakes are made at once, each in figures of another economy, so that the frames are made twice
in all: of the figures as they are, and of the damaged ones.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.unit.damaged_series import damaged
from tests.unit.test_gate import Frames, declared, read_inputs

from trade_potential.quality.checks import ROWS, Check
from trade_potential.quality.circles import CIRCLES
from trade_potential.quality.codes import CODES
from trade_potential.quality.frames import frame_of, key_of
from trade_potential.quality.gate import check_inputs
from trade_potential.quality.gate_row import NO_ROW
from trade_potential.quality.inputs import Input, read_input
from trade_potential.quality.levels import Known
from trade_potential.quality.measured import measured
from trade_potential.quality.parts import profile
from trade_potential.quality.suites_pairs import PAIR_CHECKS
from trade_potential.quality.suites_series import PEER_CHECKS, SERIES_CHECKS
from trade_potential.quality.suites_trade import TRADE_CHECKS

pytestmark = pytest.mark.slow(reason="the gate judges all series once a mistake")

CHECKS = (*SERIES_CHECKS, *PEER_CHECKS, *TRADE_CHECKS, *PAIR_CHECKS)
KNOWN = Path(__file__).parents[2] / "seeds" / "study" / "acknowledged_warnings.csv"
NAMES = (
    "observations", "world_observations", "indicators", "trade_flows", "world_trade",
    "country_pairs", "world_pairs", "countries", "country_code_mappings", "agreement_spells",
)  # fmt: skip
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
            key = [*rows.columns.intersection(["reporter_code", "partner_code", "country_iso3"])]
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
    if check.suite == "countries":
        column = check.columns[0]
        return known["countries"].assign(**{column: CODES["countries"][column](known)})
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
    ("observations.missing.years_lost", "IT.NET.USER.ZS, CHL, 2025-12-08"),
    ("observations.series.kept_figures", "NY.GDP.PCAP.PP.CD, SWE, 2026-07-01"),
    ("observations.series.rewritten", "IT.NET.USER.ZS, BGR, 2025-12-08"),
    ("observations.series.line_years", "IT.CEL.SETS.P2, HUN, 2026-07-01"),
    ("observations.series.last_factor", "IT.NET.BBND.P2, POL, 2026-07-01"),
    ("observations.series.last_factor.beyond_doubt", "IT.NET.BBND.P2, ESP, 2026-07-01"),
    ("observations.missing.same_as", "NE.EXP.GNFS.ZS, GRC, 2026-07-01"),
    ("observations.step.NY.GDP.PCAP.PP.KD", "NY.GDP.PCAP.PP.KD, CZE, 2026-02-23"),
    ("observations.step.SP.POP.TOTL", "SP.POP.TOTL, CHL, 2026-07-01"),
    ("observations.economies.exports_level.beyond_doubt", "PRT"),
    ("observations.economies.merchandise_factor", "NZL"),
    ("observations.economies.prices_spike", "DNK"),
    ("observations.missing.prices_of", "COL"),
    ("observations.missing.prices_swapped", "HRV"),
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
    ("trade_flows.partners.total_ratio", "CHN, export, UKR"),
    ("trade_flows.partners.without_pair", "CHN, export, TUR"),
    ("agreement_spells.whole.years_without_new", "all spells"),
    ("trade_flows.partners.mirrored_years", "CHN, export, EGY"),
    ("trade_flows.partners.absent_years", "CHN, import, PHL"),
    ("trade_flows.partners.absent_in_world", "CHN, export, IRQ"),
    ("trade_flows.partners.years_lost", "CHN, import, MYS"),
    ("trade_flows.partners.absent_years", "CHN, export, ARG"),
    ("trade_flows.partners.large_level_factor", "CHN, export, PAK"),
    ("trade_flows.partners.large_spike", "CHN, export, PER"),
    ("trade_flows.partners.huge_export_spike", "CHN, export, DEU"),
    ("trade_flows.partners.huge_import_spike", "CHN, import, DEU"),
    ("trade_flows.partners.together_factor", "CHN, export, DEU"),
    ("trade_flows.partners.last_change_ratio.beyond_doubt", "CHN, import, IDN"),
    ("trade_flows.missing.years_swapped", "CHN, export, VNM"),
    ("trade_flows.partners.equal_years.beyond_doubt", "CHN, export, THA"),
    ("trade_flows.years.off_factor.beyond_doubt", "CHN, export, 2014"),
    ("world_trade.totals.goods_level.beyond_doubt", "LKA"),
    ("world_trade.totals.large_goods_level.beyond_doubt", "KOR"),
    ("world_trade.totals.goods_broken", "MAR"),
    ("world_trade.totals.goods_years", "SAU"),
    ("world_trade.missing.swapped_with", "DEU"),
    ("world_trade.totals.large_export_level.beyond_doubt", "SGP"),
    ("world_trade.totals.export_broken", "MAR"),
    ("world_trade.totals.middle_goods_broken", "MAR"),
    ("world_trade.totals.large_export_broken", "POL"),
    ("world_trade.totals.middle_export_level", "KOR"),
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
    ("world_pairs.traders.without_pair", "SWE"),
    ("world_pairs.borders.without_border", "NPL"),
    ("world_pairs.borders.without_border", "BEL"),
    ("agreement_spells.traders.without_agreement", "AUS"),
    ("agreement_spells.missing.type_apart", "CHE, CYP, 2004"),
    ("agreement_spells.spells.years_without", "ARM, KAZ, 2016"),
    ("countries.missing.place_of", "KHM"),
    ("countries.missing.name_of", "TJK"),
    ("countries.missing.iso2_of", "UZB"),
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
    elsewhere = {"total_trade.partner_sum", "world_trade.missing.crossed_years"}
    assert rules - broken - elsewhere == set()


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
