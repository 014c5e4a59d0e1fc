"""Changes of marts that a release brings, and what the gate at the exit says of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.studies import Rows, changed, class_of, marts, released

from trade_potential.release import HeldError, candidates, current_id

Plant = Callable[[dict[str, Rows]], None]


def k_of(rows: Rows, factor: float, **where: Any) -> None:
    def moved(row: dict[str, Any]) -> float:
        return float(row["k_ratio"]) * factor

    changed(rows, {"potential_class": lambda row: class_of(moved(row)), "k_ratio": moved}, **where)


def one_k_by(factor: float) -> Plant:
    def plant(rows: dict[str, Rows]) -> None:
        k_of(rows["fct_trade_potential"], factor, study_id="asia", estimator="ppml",
              partner_iso3="P30", year=2020)  # fmt: skip

    return plant


def all_k_by(mart: str, factor: float) -> Plant:
    return lambda rows: k_of(rows[mart], factor, study_id="asia")


def figures_too(plant: Plant) -> Plant:
    def both(rows: dict[str, Rows]) -> None:
        changed(rows["fct_country_year"], {"gdp_usd": 3e9}, study_id="asia", country_iso3="P01")
        plant(rows)

    return both


def in_mart(name: str, change: dict[str, Any], **where: Any) -> Plant:
    return lambda rows: changed(rows[name], change, **where)


def without(mart: str, **where: Any) -> Plant:
    def plant(rows: dict[str, Rows]) -> None:
        rows[mart] = [row for row in rows[mart] if any(row[k] != v for k, v in where.items())]

    return plant


def beyond_after(root: Path, plant: Plant, **more: Any) -> list[dict[str, Any]]:
    """What is beyond after a plant; nothing where it is published."""
    first = released(root, "one").release
    assert first.manifest()["exit_gate"]["status"] == "first"
    rows = marts()
    plant(rows)
    try:
        said = released(root, "two", rows, **more).release.manifest()["exit_gate"]
    except HeldError:
        assert current_id(root) == first.release_id
        said = candidates(root)[0].manifest()["exit_gate"]
    assert (said["status"] == "beyond") == bool(said["beyond"])
    assert said["compared_with"] == first.release_id
    return list(said["beyond"])
