"""Panels for tests: made-up rows, and what the library makes of them.

Cases are made by one of the engines of moments: ``on_sql`` runs the SQL that the models of the
warehouse render, ``on_blocks`` reads rows in blocks as the command line does. The fixture
``engine`` runs a test with either. ``run_gravity_models`` runs the files of models/gravity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from trade_potential.gravity.covariance import Sandwich
from trade_potential.gravity.engine import ENGINES, EngineName, Rows, engine_of
from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_sql.steps import Steps
from trade_potential.gravity.reset import reset
from trade_potential.gravity.scores import Meats
from trade_potential.gravity.solution import Solution
from trade_potential.inference.registry import Covariance, Estimator
from trade_potential.inference.test_result import TestResult
from trade_potential.results.build import inference, least_squares
from trade_potential.results.gravity import KEYS, Tables
from trade_potential.rows.model_columns import Columns
from trade_potential.sql.render import macros

LINEARMODELS: dict[Covariance, dict[str, Any]] = {
    "classical": {},
    "robust": {"cov_type": "robust"},
    "clustered": {"cov_type": "clustered", "cluster_entity": True, "group_debias": True},
    "clustered_twoway": {
        "cov_type": "clustered",
        "cluster_entity": True,
        "cluster_time": True,
        "group_debias": True,
    },
    "driscoll_kraay": {"cov_type": "kernel"},
}
"""Options of its fit() that give our covariances: debiased=True, the default, multiplies by
N / (N - K), group_debias=True by G/(G-1) * (N-1)/N for each dimension. Kernel: Bartlett, the same
bandwidth."""

ROOT = Path(__file__).resolve().parents[1]
OUTCOME = "y"
ENTITY = "entity"
Array = npt.NDArray[np.float64]


once = pytest.mark.parametrize("engine", ["blocks"], indirect=True)
"""A case that no engine makes, among those that either makes."""


@contextmanager
def on_engine(name: EngineName) -> Iterator[EngineName]:
    """Make cases by an engine, and let the command line and whoever names none take it, too."""
    with patch.dict(ENGINES, {"blocks": ENGINES[name]}):
        yield name


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _rows(frame: pd.DataFrame, regressors: list[str], weights: str | None) -> Rows:
    """On a connection of their own, which ends with them."""
    connection = _connection().cursor()
    connection.register("test_panel", frame)
    time = "year" if "year" in frame else None
    columns = Columns(OUTCOME, regressors, ENTITY, time, weights=weights)
    return Rows.of(engine_of("blocks"), connection, "test_panel", columns)


def moments_of(
    frame: pd.DataFrame, regressors: list[str], *, weights: str | None = None
) -> PanelMoments:
    """Moments of ``frame`` by the engine."""
    return _rows(frame, regressors, weights).moments


def regressors_of(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns if str(name).startswith("x")]


def make_panel(
    seed: int,
    *,
    sizes: list[int],
    n_terms: int,
    scales: tuple[float, float] = (1.0, 1.0),
    effect_sd: float = 1.0,
    noise_sd: float = 1.0,
    endogeneity: float = 0.0,
) -> pd.DataFrame:
    """A panel with entity effects: columns entity, year, y, x1, x2, ...

    Args:
        seed: Of all draws.
        sizes: Rows of each entity.
        n_terms: Regressors.
        scales: Range of the regressors' units, drawn log-uniformly.
        effect_sd: Standard deviation of the effects.
        noise_sd: Standard deviation of the rest.
        endogeneity: Effect of an entity's mean regressors on its effect.
    """
    rng = np.random.default_rng(seed)
    entity = np.repeat(np.arange(len(sizes)), sizes)
    year = np.concatenate([2000 + np.arange(size) for size in sizes])
    centre = rng.normal(size=(len(sizes), n_terms))
    x = centre[entity] + rng.normal(size=(len(entity), n_terms))
    effect = effect_sd * rng.normal(size=len(sizes)) + endogeneity * centre.sum(axis=1)
    y = 1.0 + x @ rng.normal(size=n_terms) + effect[entity]
    y = y + noise_sd * rng.normal(size=len(entity))
    units = 10.0 ** rng.uniform(*np.log10(scales), size=n_terms)
    frame = pd.DataFrame(x * units, columns=[f"x{k}" for k in range(1, n_terms + 1)])
    frame.insert(0, OUTCOME, y)
    frame.insert(0, "year", year)
    frame.insert(0, ENTITY, [f"E{code:03d}" for code in entity])
    return frame


def unbalanced_sizes(seed: int, n_entities: int, longest: int) -> list[int]:
    """Rows per entity; every fifth entity has one row only."""
    rng = np.random.default_rng(seed)
    return [1 if n % 5 == 0 else int(rng.integers(2, longest + 1)) for n in range(n_entities)]


@dataclass(frozen=True)
class GravityTables:
    """What the gravity models of the project hold for a sample."""

    moments: pd.DataFrame
    meat: pd.DataFrame
    results: Tables


def warehouse_steps(max_terms: int) -> Steps:
    """The models of gravity that are SQL, in their order."""
    return Steps("int_gravity__", "est_gravity_", list(KEYS), "pair_id", "year", max_terms)


@cache
def model_environment(max_terms: int) -> Environment:
    """Jinja as dbt sets it up, as far as the gravity models use it: macros, ref and slots."""
    environment = Environment(
        loader=FileSystemLoader(ROOT),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
    )

    def slots(first: int = 0) -> list[int]:
        return list(range(first, max_terms + 1))

    environment.globals.update(
        ref=lambda name: name,
        slots=slots,
        design_slots=lambda: list(range(2 * max_terms + 1)),
        max_terms=lambda: max_terms,
        config=lambda **_: "",
    )
    environment.globals.update({k: v for k, v in vars(macros()).items() if callable(v)})
    return environment


def run_gravity_models(
    samples: dict[tuple[str, str], pd.DataFrame], *, confidence_level: float = 0.95
) -> GravityTables:
    """Run the SQL files of models/gravity and both Python steps on samples by study and spec."""
    settings: dict[str, Any] = yaml.safe_load((ROOT / "dbt_project.yml").read_text("utf-8"))
    max_terms = int(settings["vars"]["max_terms"])
    environment, steps = model_environment(max_terms), warehouse_steps(max_terms)
    parts, terms = [], []
    for (study_id, spec_id), frame in samples.items():
        names = regressors_of(frame)
        part = pd.DataFrame({"pair_id": frame[ENTITY], "year": frame["year"]})
        part.insert(0, "spec_id", spec_id)
        part.insert(0, "study_id", study_id)
        for k, name in enumerate([OUTCOME, *names]):
            part[f"v{k}"] = frame[name].astype(float)
        parts.append(part)
        terms += [
            {"spec_id": spec_id, "term": name, "position": position}
            for position, name in enumerate(names, start=1)
        ]
    slot_names = [f"v{k}" for k in range(max_terms + 1)]
    sample = pd.concat([part.reindex(columns=[*part.columns[:4], *slot_names]) for part in parts])
    sample[slot_names] = sample[slot_names].astype("Float64")  # a missing slot is null, not NaN
    term_table = pd.DataFrame(terms).drop_duplicates()
    specifications = pd.DataFrame({"spec_id": sorted({spec_id for _, spec_id in samples})})
    specifications["confidence_level"] = confidence_level

    with duckdb.connect() as connection:

        def build(name: str) -> pd.DataFrame:
            sql = environment.get_template(f"models/gravity/{name}.sql").render()
            connection.execute(f"create table {name} as {sql}")
            return connection.table(name).df()

        connection.register("int_gravity__sample", sample)
        moments = [build(steps.table(name)) for name in steps.of_moments()][-1]
        solved = least_squares(moments, term_table, max_terms=max_terms)
        for name in ("fits", "weights", "time_shifts"):
            connection.register(f"est_gravity_{name}", getattr(solved, name))
        later = [*steps.of_scores(), *steps.of_powers()]
        tables = {name: build(steps.table(name)) for name in later}
    inferred = inference(
        moments=moments,
        meat=tables["meat"],
        time_scores=tables["time_scores"],
        reset_products=tables["reset_products"],
        sample=pd.DataFrame(columns=KEYS),  # of PPML
        terms=term_table,
        specifications=specifications,
        max_terms=max_terms,
    )
    results = replace(
        inferred, fits=solved.fits, weights=solved.weights, time_shifts=solved.time_shifts
    )
    return GravityTables(moments, tables["meat"], results)


@dataclass(frozen=True)
class Case:
    """A panel and what the library makes of it; nothing that is not asked for but the fits.

    Attributes:
        frame: Its rows.
        rows: The same in the database, with their moments.
        fits: Every estimator, of moments alone as in the warehouse.
    """

    frame: pd.DataFrame
    rows: Rows
    fits: dict[Estimator, Estimate]

    @classmethod
    def of(cls, frame: pd.DataFrame, *, weights: str | None = None) -> Case:
        """Moments and every estimator."""
        rows = _rows(frame, regressors_of(frame), weights)
        return cls(frame, rows, estimate_all(rows.moments))

    @property
    def moments(self) -> PanelMoments:
        return self.rows.moments

    @property
    def estimated(self) -> list[Estimator]:
        """Those with numbers."""
        return [name for name, fit in self.fits.items() if fit.is_estimated]

    @cached_property
    def _meats(self) -> Callable[[Estimator], Meats]:
        return cache(lambda estimator: self.meats_of(self.fits[estimator]))

    @property
    def meats(self) -> dict[Estimator, Meats]:
        """Sums of products of the scores of those."""
        return {name: self._meats(name) for name in self.estimated}

    @cached_property
    def _solution(self) -> Solution:
        return Solution(
            self.fits, self.moments.n_entities, lambda fit, _: self._meats(fit.estimator)
        )

    def meats_of(self, fit: Estimate) -> Meats:
        """Sums of products of the scores of a fit of these moments."""
        return self.rows.meats(fit, over_rows=True)

    def errors(self, estimator: Estimator, kind: Covariance) -> Sandwich:
        """A covariance beside the classical one, of an estimator with numbers."""
        found = self._solution.errors(estimator, kind)
        assert found is not None
        return found

    @cached_property
    def tests(self) -> dict[str, TestResult]:
        """Every specification test by name."""
        pooled = self.fits["pooled"]
        form = reset(pooled, self.rows.reset_products(pooled))
        return {test.name: test for test in (*self._solution.tests(self.moments), form)}
