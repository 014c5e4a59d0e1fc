"""Lasting ratios are computed again for every pair, and what is wrong is named."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.unit.structural_world import (
    SLOPES,
    SPEC,
    STUDY,
    TERMS,
    YEARS,
    cells,
    fitted,
    inputs,
    tables,
)
from tests.unit.test_audit_answers import CLASSES

from trade_potential.audit.structural.cells import Cells
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.inputs import study_cells
from trade_potential.audit.structural.lasting import confirm_lasting
from trade_potential.audit.structural.optimum import Optimum, optimum
from trade_potential.audit.structural.published import cell_places
from trade_potential.linalg import FloatArray
from trade_potential.results.structural_lasting import dispersion_table, lasting_table
from trade_potential.structural import class_law
from trade_potential.structural.pair_out import without_pair

Frames = dict[str, pd.DataFrame]


@cache
def world() -> tuple[Cells, FloatArray, FloatArray]:
    fit = fitted(cells())
    made = study_cells(inputs(), years=list(YEARS), terms=TERMS, index={})
    rows = pa.Table.from_pandas(tables(fit, without_pair(fit))["pairs"], preserve_index=False)
    places = cell_places(rows, made)
    return made, places.laid(rows["predicted_usd"]), places.laid(rows["predicted_pair_out_usd"])


@cache
def best() -> Optimum:
    made, predicted, _ = world()
    slopes = dict(zip(fitted(cells()).world.terms, fitted(cells()).coefficients, strict=True))
    kept = made.only([term for term in made.terms if term in slopes])
    return optimum(kept, np.array([slopes[term] for term in kept.terms]), np.nan_to_num(predicted))


@cache
def right() -> Frames:
    """The tables of the first computation."""
    slots = {term: f"v{k}" for k, term in enumerate(SLOPES, start=1)}
    names = {"exporter": "exporter_iso3", "importer": "importer_iso3", **slots}
    held = cells().rename(columns=names)[[*names.values(), "year", "trade_usd"]]
    key = {"study_id": [STUDY], "spec_id": [SPEC]}
    terms = pd.DataFrame({"spec_id": SPEC, "term": list(SLOPES)})
    settings = {
        "runs": pd.DataFrame(key),
        "terms": terms.assign(position=range(1, len(SLOPES) + 1)),
        "specifications": pd.DataFrame({"spec_id": [SPEC], "confidence_level": [0.95]}),
        "studies": pd.DataFrame({"study_id": [STUDY], "default_spec_id": [SPEC]}),
    }
    finite = {None: None, -np.inf: None, np.inf: None}
    classes = pd.DataFrame(
        {
            "study_id": STUDY,
            "potential_class": [one.name for one in CLASSES],
            "display_order": range(len(CLASSES)),
            "k_lower": [finite.get(one.lower, one.lower) for one in CLASSES],
            "k_upper": [finite.get(one.upper, one.upper) for one in CLASSES],
        }
    )
    with duckdb.connect() as session:
        session.register("given", held.assign(study_id=STUDY, spec_id=SPEC))
        given = session.table("given")
        return {
            "lasting": lasting_table(given, classes=classes, **settings).to_pandas(),
            "dispersion": dispersion_table(given, **settings),
        }


def audited(held: Frames) -> pd.DataFrame:
    made, predicted, pair_out = world()
    found = Findings(STUDY, SPEC)
    laws: list[dict[str, Any]] = pa.Table.from_pandas(held["dispersion"]).to_pylist()
    confirm_lasting(
        found,
        made,
        predicted,
        pair_out,
        rows=pa.Table.from_pandas(held["lasting"], preserve_index=False),
        laws=laws,
        classes=CLASSES,
        optimal=best(),
        level=0.95,
    )
    return found.frame()


def test_every_pair_is_confirmed() -> None:
    found = audited(right())
    assert set(found["status"]) == {"agrees"}
    assert set(found["term"]) == {"directed", "total", "lasting, directed", "lasting, total"}
    assert not found.duplicated(["quantity", "term"]).any()


def _alpha(held: Frames) -> None:
    held["dispersion"]["alpha"] *= 1.01


def _noise(held: Frames) -> None:
    held["dispersion"]["phi_usd"] *= 1.0001


def _no_correlation(held: Frames) -> None:
    held["dispersion"]["rho"] += 0.1


def _plain_ratio(held: Frames) -> None:
    rows = held["lasting"]
    rows["k_lasting"] = (rows["k_lasting"] - 0.1) / 0.9


def _certain_benchmark(held: Frames) -> None:
    rows = held["lasting"]
    shape = rows["gamma_shape"] / (1.0 - rows["benchmark_variance"] * rows["gamma_shape"])
    rows["gamma_shape"], rows["gamma_rate"] = shape, shape / rows["k_lasting"]


def _class_of_the_mean(held: Frames) -> None:
    k = held["lasting"]["k_lasting"]
    names = [one.name for one in CLASSES]
    held["lasting"]["lasting_class"] = np.select([k <= 0.8, k < 1.2], names[:2], names[2])


def _directions(held: Frames) -> None:
    rows = held["lasting"]
    directed, columns = rows["flow"] == "directed", ["exporter_iso3", "importer_iso3"]
    rows.loc[directed, columns] = rows.loc[directed, columns[::-1]].to_numpy()


def _a_pair_gone(held: Frames) -> None:
    held["lasting"] = held["lasting"].iloc[1:]


def _with_law(name: str, value: float) -> Callable[[Frames], None]:
    """The first computation with another constant."""

    def plant(held: Frames) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(class_law, name, value)
            held |= right.__wrapped__()

    return plant


def _chances_exchanged(held: Frames) -> None:
    rows = held["lasting"]
    names = ["probability_huge", "probability_reshaping"]
    rows[names] = rows[names[::-1]].to_numpy()


def _line_too_sure(held: Frames) -> None:
    held["lasting"]["k_line_log_se"] *= 0.99


def _year_too_narrow(held: Frames) -> None:
    held["lasting"]["k_new_year_ci_high"] *= 0.99


def _year_as_what_lasts(held: Frames) -> None:
    held["lasting"]["k_new_year_ci_low"] = held["lasting"]["k_lasting_ci_low"]


OF_LAWS = {"probability_huge", "new_year_probability_huge", "k_lasting_ci_low"}


@pytest.mark.parametrize(
    ("plant", "refused"),
    [
        (_with_law("NOISE", 0.2), OF_LAWS),
        (_with_law("INDEPENDENT", 1.0), OF_LAWS),
        (_with_law("SHARED", 0.0), {*OF_LAWS, "k_line_log_se"}),
        (_with_law("PASSES", 1), {"k_line_log_se"}),
        (_chances_exchanged, {"probability_huge", "probability_reshaping"}),
        (_line_too_sure, {"k_line_log_se"}),
        (_year_too_narrow, {"k_new_year_ci_high"}),
        (_year_as_what_lasts, {"k_new_year_ci_low"}),
        (_alpha, {"alpha", "benchmark_variance"}),
        (_noise, {"phi_usd"}),
        (_no_correlation, {"rho", "effective_years"}),
        (_plain_ratio, {"k_lasting"}),
        (_certain_benchmark, {"gamma_shape", "gamma_rate"}),
        (_class_of_the_mean, {"lasting_class"}),
        (_directions, {"k_lasting", "gamma_shape"}),
        (_a_pair_gone, {"k_lasting", "n_years"}),
    ],
)
def test_what_is_wrong_is_named(plant: Callable[[Frames], None], refused: set[str]) -> None:
    held = {name: frame.copy() for name, frame in right().items()}
    plant(held)
    found = audited(held)
    assert set(found.loc[found["status"] == "differs", "quantity"]) >= refused
