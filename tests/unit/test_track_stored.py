"""What a stored record rests on, the flows of a chain, and the second computation of the record."""

from __future__ import annotations

import ast
from dataclasses import asdict
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.unit.track_flows import made_up_world

from trade_potential.audit.marts.compare import Compared
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.track import check_track
from trade_potential.errors import InputError
from trade_potential.track.chain import flows_of_chain
from trade_potential.track.digests import (
    LIBRARY,
    OF_SPECIFICATIONS,
    READS,
    ROOTS,
    digest_rows,
    kinds_of,
    modules,
)
from trade_potential.track.flows import cut_off
from trade_potential.track.forecasts import RIVALS
from trade_potential.track.record import track_record
from trade_potential.track.world import economies_of, fits_by_year, flows_of_world

PARTNERS = [f"P{k:02d}" for k in range(34)]
YEARS, FROZEN = range(2007, 2018), range(2009, 2016)
N, FLOOR, BOUNDS = 32, 1e7, (0.8, 1.2)
LEARNED = [rival for rival in RIVALS if rival.learner != "boosting"]


@pytest.fixture(scope="module")
def figures() -> dict[str, pd.DataFrame]:
    """Gated figures and stored K of one reporter with its partners."""
    rng = np.random.default_rng(5)
    trade = pd.DataFrame(
        [
            {"reporter_code": "CHN", "partner_code": name, "flow": flow, "year": year,
             "trade_usd": rng.lognormal(18.0, 1.0)}
            for name in PARTNERS for year in YEARS for flow in ("export", "import")
        ]
    )  # fmt: skip
    both = trade.groupby(["partner_code", "year"])["trade_usd"].sum()
    frozen = pd.DataFrame(
        [
            {"study_id": "chain", "partner_iso3": name, "year": year,
             "actual_usd": both[name, year] * 0.1,
             "predicted_usd": both[name, year] * 0.1 * rng.lognormal(0.0, 0.8),
             "k_ratio_ci_low": 0.4, "k_ratio_ci_high": 1.5, "as_of_share": (year - 2009) / 8.0}
            for name in PARTNERS for year in FROZEN if rng.random() > 0.1
        ]
    )  # fmt: skip
    gdp = pd.DataFrame(
        [
            {"indicator_code": "NY.GDP.MKTP.CD", "country_code": name, "year": year,
             "vintage_date": pd.Timestamp("2022-01-01"), "observed_value": rng.lognormal(25.0, 0.2)}
            for name in ["CHN", *PARTNERS] for year in YEARS
        ]
    )  # fmt: skip
    return {"trade": trade, "frozen": frozen, "gdp": gdp}


def chain_rows(figures: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    monkeypatch.setattr("trade_potential.track.record.RIVALS", LEARNED)
    both = figures["trade"].groupby(["partner_code", "year"], as_index=False)["trade_usd"].sum()
    gdp = figures["gdp"]
    keys = zip(gdp["country_code"], gdp["year"], strict=True)
    flows = flows_of_chain(
        figures["frozen"],
        both.rename(columns={"partner_code": "partner_iso3"}),
        reporter="CHN",
        gdp=dict(zip(keys, gdp["observed_value"], strict=True)),
        groups=dict.fromkeys(PARTNERS[:32], "east"),
        bounds=BOUNDS,
        confidence_level=0.95,
    )
    return published(list(track_record(flows)), "chain")


def published(rows: list[Any], study: str) -> pd.DataFrame:
    frame = pd.DataFrame([asdict(row) for row in rows])
    frame.insert(0, "study_id", study)
    whole = (frame["predictor"] == "k_year_before") & (frame["group_id"] == "with_class")
    whole &= frame["first_cut_off_year"] < frame["last_cut_off_year"]
    frame["is_headline"] = whole & (frame["horizon_years"] == 5)
    frame["is_current"] = True
    return frame


def gated(marts: pd.DataFrame, figures: dict[str, pd.DataFrame], **more: pd.DataFrame) -> Gated:
    names = ["CHN", *PARTNERS, *(f"E{k:02d}" for k in range(N))]
    countries = pd.DataFrame({"country_iso3": names})
    countries["un_region"] = ["east" if name in PARTNERS[:32] else None for name in names]
    frames = {
        "fct_track_record": marts,
        "stg_track__frozen_ratios": figures["frozen"],
        "gate_trade_flows": figures["trade"],
        "gate_observations": figures["gdp"],
        "gate_world_observations": figures["gdp"].iloc[:0],
        "gate_countries": countries,
        "gate_country_code_mappings": pd.DataFrame({"source_code": ["X"], "country_iso3": ["Y"]}),
        "stg_study__potential_classes": pd.DataFrame(
            {"study_id": "all", "display_order": [1, 2, 3],
             "k_lower": [np.nan, 0.8, 1.2], "k_upper": [0.8, 1.2, np.nan]}
        ),
        "stg_study__gravity_specifications": pd.DataFrame(
            {"spec_id": ["log", "all"], "confidence_level": [0.95, 0.95]}
        ),
        "stg_study__studies": pd.DataFrame(
            {"study_id": ["chain", "world"], "reporter_iso3": ["CHN", None],
             "default_spec_id": ["log", "all"], "minimum_prediction_usd": [np.nan, FLOOR]}
        ),
        "stg_study__gravity_terms": pd.DataFrame({"spec_id": ["all"], "term": ["lndist"]}),
    } | more  # fmt: skip
    return Gated({name: duckdb.from_df(frame) for name, frame in frames.items()})


def differing(found: list[Compared]) -> set[str]:
    return {q for one in found for q in one.rows.loc[one.rows["status"] != "agrees", "quantity"]}


def test_the_record_of_a_chain_is_computed_twice(
    figures: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = chain_rows(figures, monkeypatch)
    assert (rows["slope_status"] == "ok").any()
    assert (rows["forecast_status"] == "ok").any()
    found = list(check_track(gated(rows, figures)))
    assert differing(found) == set()
    (one,) = found
    assert one.columns >= set(rows.columns) - {"is_current"}


def stale_from(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """As the mart is where a figure of that year has moved: what reaches it has no numbers."""
    rows = rows.copy()
    reached = rows["last_cut_off_year"] + rows["horizon_years"] >= year
    numbers = rows.select_dtypes("number").columns.difference(
        ["horizon_years", "first_cut_off_year", "last_cut_off_year"]
    )
    rows[numbers] = rows[numbers].astype("float64").mask(reached)
    rows.loc[reached, [name for name in rows.columns if name.endswith("_status")]] = "stale"
    rows["is_current"] = ~reached
    return rows


def test_where_some_years_have_moved_the_others_are_computed_twice(
    figures: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = chain_rows(figures, monkeypatch)
    compared = {}
    for year in range(min(YEARS), max(YEARS) + 2):
        found = list(check_track(gated(stale_from(rows, year), figures)))
        assert differing(found) == set(), year
        compared[year] = sum(len(one.rows) for one in found)
    assert compared[max(YEARS)] > 0
    off = stale_from(rows, max(YEARS))
    slopes = off.index[off["is_current"] & off["slope"].notna() & (off["horizon_years"] == 1)]
    off.loc[slopes, "slope"] *= 1.001
    assert differing(list(check_track(gated(off, figures)))) == {"fct_track_record.slope"}


@pytest.mark.parametrize(
    ("column", "predictor"),
    [
        ("slope", "k_year_before"), ("slope_se", "momentum"), ("loss_over_k", "mean_growth"),
        ("gain_within_share", "k_year_before"), ("coverage_share", "interval"),
        ("growth_below_rate", "k_same_year"), ("as_of_share", "k_year_before"),
    ],
)  # fmt: skip
def test_a_number_that_is_off_differs(
    figures: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch, column: str, predictor: str
) -> None:
    rows = chain_rows(figures, monkeypatch)
    # of the rows over all cut-offs, which are in the sample
    whole = (rows["group_id"] == "with_class") & (rows["first_cut_off_year"] == 2008)
    at = rows.index[whole & (rows["predictor"] == predictor) & rows[column].notna()][-1]
    rows.loc[at, column] = float(rows.loc[at, column]) * 1.001 + 1e-6
    assert differing(list(check_track(gated(rows, figures)))) == {f"fct_track_record.{column}"}


def test_a_cut_off_of_the_world_is_computed_twice(
    figures: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trade_potential.track.record.RIVALS", LEARNED[:4])
    world = made_up_world(N, 8)
    none = {"gdp": [], "trade_pct_gdp": []}
    known = economies_of(world.economies, world.years, regions={}, figures=none)
    fitted = fits_by_year(world)
    rows = published(
        list(track_record(flows_of_world(world, known, fitted, floor=FLOOR, bounds=BOUNDS))),
        "world",
    )
    t, i, j = np.nonzero(world.is_used)
    names = np.array(world.economies)
    trade = pd.DataFrame(
        {"exporter_code": names[i], "importer_code": names[j], "year": np.array(world.years)[t],
         "trade_usd": world.trade[t, i, j]}
    )  # fmt: skip
    cells = trade.rename(
        columns={"exporter_code": "exporter_iso3", "importer_code": "importer_iso3"}
    )
    cells = cells.assign(study_id="world", spec_id="all", v1=world.regressors[0, t, i, j])
    more = {"gate_world_trade": trade[trade["trade_usd"] > 0.0], "int_structural__cells": cells}
    found = list(check_track(gated(rows, figures, **more)))
    assert differing(found) == set()
    assert len(found) == 2
    of_slope = (rows["predictor"] == "k_year_before") & (rows["first_cut_off_year"] == 2003)
    rows.loc[of_slope & (rows["last_cut_off_year"] == 2003), "slope"] *= 1.0001
    found = list(check_track(gated(rows, figures, **more)))
    assert differing(found) == {"fct_track_record.slope"}


def test_k_of_a_chain_is_that_of_scaled_trade(figures: dict[str, pd.DataFrame]) -> None:
    frozen = figures["frozen"]
    both = figures["trade"].groupby(["partner_code", "year"], as_index=False)["trade_usd"].sum()
    trade = both.rename(columns={"partner_code": "partner_iso3"})
    of: dict[str, Any] = {
        "reporter": "CHN", "gdp": {}, "groups": {}, "bounds": BOUNDS, "confidence_level": 0.95
    }  # fmt: skip
    flows = flows_of_chain(frozen, trade, **of)
    at = cut_off(flows, 2012 - 2007)
    own = frozen[frozen["year"] == 2011].set_index("partner_iso3")
    expected = (own["actual_usd"] / own["predicted_usd"]).reindex(PARTNERS).to_numpy()
    np.testing.assert_allclose(at.k, expected, rtol=1e-12)
    with pytest.raises(InputError, match="twice"):
        flows_of_chain(pd.concat([frozen, frozen.head(1)]), trade, **of)


OWN = {
    "study_id": "chain", "spec_id": "log", "spec_kind": "gravity", "index_spec_id": "pca",
    "variable": "gdp", "anchor_variable": "gdp", "indicator_code": "NY.GDP.MKTP.CD",
    "derivation": "level", "benchmark": "brent", "country_code": "CHN", "reporter_code": "CHN",
    "partner_code": "KAZ", "partner_iso3": "KAZ", "country_iso3": "KAZ", "source_code": "KZ",
    "quote_id": "q", "series_id": "press", "vintage_date": "2020-01-01", "first_year": 2000,
}  # fmt: skip
"""What says in whatever table that a row is of the study chain."""


def tables(**changed: pd.DataFrame) -> dict[str, duckdb.DuckDBPyRelation]:
    """Small tables of every name that digests read."""
    years = pd.DataFrame({"year": [2001, 2002, 2003], "value": [1.0, 2.0, 3.0]}).assign(**OWN)
    held = {name: years for of in READS.values() for name in of}
    held |= dict.fromkeys(OF_SPECIFICATIONS, pd.DataFrame({"term": ["a"]}).assign(**OWN))
    held["stg_study__studies"] = pd.DataFrame(
        {"study_id": ["chain", "again", "world"], "revises_study_id": [None, "chain", None],
         "reporter_scope": ["one", "one", "all_reported"], "description": ["", "", ""],
         "default_spec_id": ["log", "log", "all"], "reporter_iso3": ["CHN", "CHN", None],
         "partner_scope": ["listed", "listed", "all_reported"],
         "trade_source": ["national", "national", "baci"],
         "ecommerce_series": ["press", "press", None]}
    )  # fmt: skip
    held["stg_study__gravity_specifications"] = pd.DataFrame(
        {
            "spec_id": ["log", "all"],
            "model_kind": ["panel", "structural"],
            "index_spec_id": ["pca", None],
        }
    )
    return {name: duckdb.from_df(frame) for name, frame in (held | changed).items()}


def digests(**changed: pd.DataFrame) -> dict[tuple[str, int], str]:
    found = digest_rows(tables(**changed))
    keys = zip(found["study_id"], found["through_year"].astype(int), strict=True)
    return dict(zip(keys, found["input_digest"], strict=True))


def test_a_figure_changes_the_digests_of_its_year_and_later_ones() -> None:
    before = digests()
    assert {study for study, _ in before} == {"chain", "world"}
    assert len(set(before.values())) == 6
    other = pd.DataFrame({"year": [2003, 2002, 2001], "value": [3.0, 2.5, 1.0]}).assign(**OWN)
    after = digests(gate_world_trade=other)
    assert {key for key in before if before[key] != after[key]} == {
        ("world", 2002), ("world", 2003)
    }  # fmt: skip


def test_the_order_of_rows_and_descriptions_change_no_digest() -> None:
    turned = pd.DataFrame({"value": [3.0, 1.0, 2.0], "year": [3, 1, 2]}).assign(**OWN)
    turned["year"] += 2000
    assert digests(gate_world_trade=turned, int_panel__observations=turned) == digests()
    studies = tables()["stg_study__studies"].df().assign(description="else")
    assert digests(stg_study__studies=studies) == digests()
    another = tables()["stg_study__studies"].df().assign(first_year=[2001, 2002, 2003])
    assert digests(stg_study__studies=another).items().isdisjoint(digests().items())


def test_studies_with_a_record() -> None:
    held = tables()
    of = (held[f"stg_study__{name}"].df() for name in ("studies", "gravity_specifications"))
    assert kinds_of(*of) == {"chain": "chain", "world": "world"}


def test_code_of_a_record_is_all_that_it_imports_and_no_more() -> None:
    held = {kind: modules(roots) for kind, roots in ROOTS.items()}
    for files in held.values():
        for path in files:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trade_p"):
                    at = LIBRARY.parent / str(node.module).replace(".", "/")
                    assert {at.with_suffix(".py"), at / "__init__.py"} & files, (path, node.module)
    of_world = {path.relative_to(LIBRARY).as_posix() for path in held["world"]}
    assert {"structural/estimate.py", "track/placebo.py", "linalg.py"} <= of_world
    assert not any(name.startswith(("gravity/", "index/", "audit/")) for name in of_world)
    # estimators stand in a registry by name
    assert LIBRARY / "gravity" / "estimators.py" in held["frozen"]
    assert not any("track" in path.parts for path in held["frozen"])
    with pytest.raises(InputError, match=r"track.nowhere is no module"):
        modules(["track.nowhere"])
