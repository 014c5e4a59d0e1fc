"""Small marts of two studies, as a build has them, and releases of them under real limits."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from tests.panels import ROOT

from trade_potential.release import HeldError, Published, publish
from trade_potential.release.exit_gate import Limit

Rows = list[dict[str, Any]]

GROUP = ["study_id", "spec_id", "estimator"]
KEYS = {
    "dim_potential_class": ["study_id", "potential_class"],
    "dim_index_specification": ["index_spec_id"],
    "dim_specification": ["spec_id"],
    "dim_study": ["study_id"],
    "fct_country_year": ["study_id", "country_iso3", "year"],
    "fct_development_index": ["study_id", "index_spec_id", "country_iso3", "year"],
    "fct_gravity_coefficients": [*GROUP, "covariance", "term"],
    "fct_gravity_diagnostics": [*GROUP, "diagnostic"],
    "fct_index_diagnostics": ["study_id", "index_spec_id", "diagnostic"],
    "fct_quality_results": ["check_id"],
    "fct_trade_potential": [*GROUP, "partner_iso3", "year"],
    "rpt_answer": ["study_id", "reporter_iso3", "partner_iso3", "year"],
}
STUDIES = ("asia", "europe")
SPEC, INDEX = "recommended", "pca"
PARTNERS = tuple(f"P{number:02}" for number in range(40))
YEARS = (2019, 2020)
ABOUT = {
    "code": {"git_commit": "a" * 40, "git_dirty": False},
    "vintages": {study: {"newest_vintage": "2025-01-01"} for study in STUDIES},
}


def limits() -> list[Limit]:
    """The rows of the seed."""
    path = ROOT / "seeds" / "study" / "release_limits.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Limit(**{**row, "limit_value": float(row["limit_value"])})
            for row in csv.DictReader(file)
        ]


def class_of(k: float) -> str:
    return "huge" if k <= 0.8 else "expansion" if k < 1.2 else "reshaping"


def marts(studies: Sequence[str] = STUDIES) -> dict[str, Rows]:
    """Rows of each mart: forty partners, two years, two estimators."""
    found: dict[str, Rows] = {mart: [] for mart in KEYS}
    found["dim_potential_class"] = [
        {"study_id": study, "potential_class": name, "k_lower": low, "k_upper": high,
         "is_lower_inclusive": False, "is_upper_inclusive": True}
        for study in studies
        for name, low, high in (("huge", None, 0.8), ("expansion", 0.8, 1.2))
    ]  # fmt: skip
    found["dim_specification"] = [{"spec_id": SPEC, "index_spec_id": INDEX, "terms": "gdp"}]
    found["dim_index_specification"] = [{"index_spec_id": INDEX, "terms": "a, b"}]
    found["fct_quality_results"] = [
        {"check_id": "a", "severity": "error", "passed": True},
        {"check_id": "b", "severity": "warning", "passed": False},
    ]
    for study in studies:
        group = {"study_id": study, "spec_id": SPEC}
        found["dim_study"].append({"study_id": study, "study_name": study, "first_year": 2019})
        found["fct_index_diagnostics"].append(
            {"study_id": study, "index_spec_id": INDEX, "diagnostic": "kmo"}
        )
        for estimator in ("pooled", "ppml"):
            by = {**group, "estimator": estimator}
            found["fct_gravity_diagnostics"].append({**by, "diagnostic": "n_obs"})
            for covariance, se in (("classical", 0.1), ("clustered", 0.2)):
                found["fct_gravity_coefficients"].append(
                    {**by, "covariance": covariance, "term": "gdp",
                     "coefficient": 1.0, "coefficient_se": se}
                )  # fmt: skip
        for place, partner in enumerate(PARTNERS):
            for year in YEARS:
                k = 0.6 + 0.02 * place
                answer = {
                    "partner_iso3": partner,
                    "year": year,
                    "actual_usd": k * 1e9,
                    "predicted_usd": 1e9,
                    "k_ratio": k,
                    "potential_class": class_of(k),
                }
                for estimator in ("pooled", "ppml"):
                    by = {**group, "estimator": estimator, "is_default": estimator == "ppml"}
                    found["fct_trade_potential"].append({**by, **answer})
                found["rpt_answer"].append({"reporter_iso3": "CHN", **group, **answer})
                where = {"study_id": study, "country_iso3": partner, "year": year}
                found["fct_country_year"].append({**where, "gdp_usd": 1e9 + place})
                found["fct_development_index"].append(
                    {**where, "index_spec_id": INDEX, "index_rank": place + 1,
                     "development_index": 2.0 - 0.1 * place}
                )  # fmt: skip
    return found


def changed(rows: Rows, change: dict[str, Any], **where: Any) -> None:
    """Set values of the rows that have others; there must be one."""
    found = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert found
    for row in found:
        row.update({k: v(row) if callable(v) else v for k, v in change.items()})


def released(
    root: Path, run: str, rows: dict[str, Rows] | None = None, about: Any = None, **more: Any
) -> Published:
    """Publish marts under the limits of the seed."""
    session = duckdb.connect()
    relations = {}
    for mart, of_mart in (rows or marts()).items():
        frame = pd.DataFrame(of_mart)
        session.register("frame", frame)
        session.table("frame").create(mart)
        relations[mart] = session.table(mart)
    settings: dict[str, Any] = {"limits": limits(), "keys": {m: KEYS[m] for m in relations}, **more}
    return publish(
        root,
        relations,
        session=session,
        run_id=run,
        about=about or ABOUT,
        **settings,
    )


def tiny_held(root: Path, run: str, *, k: float = 2000.0) -> HeldError:
    """Hold a candidate with one K beyond its bounds."""
    with pytest.raises(HeldError) as held:
        tiny(root, run, k=k)
    return held.value


def tiny(root: Path, run: str, *, k: float = 1.0, **more: Any) -> Published:
    """Publish one K, or hold it where it is beyond its bounds."""
    row = {"study_id": "asia", "reporter_iso3": "CHN", "partner_iso3": "P00", "year": 2020}
    row |= {"actual_usd": k, "predicted_usd": 1.0, "k_ratio": k, "potential_class": "reshaping"}
    bounds = [limit for limit in limits() if limit.measure == "k_highest"]
    return released(root, run, {"rpt_answer": [row]}, limits=bounds, **more)
