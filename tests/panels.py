"""Panels for tests: made-up rows, their moments, and the gravity SQL of the project run on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from trade_potential.gravity.covariance import Covariance, Sandwich, sandwich
from trade_potential.gravity.estimate import Estimate, Estimator
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.inference_tables import estimate_inference
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_blocks.panel import fit_meats, panel_moments
from trade_potential.gravity.reset import reset
from trade_potential.gravity.reset.on_duckdb import reset_products
from trade_potential.gravity.scores import Meats
from trade_potential.gravity.specification_tests import run_tests
from trade_potential.gravity.wald_tests import hausman_robust, mundlak
from trade_potential.gravity.warehouse_tables import estimate_gravity
from trade_potential.inference.test_result import TestResult
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

FIRST_PASSES = (
    "int_gravity__term_slots",
    "int_gravity__origins",
    "int_gravity__shifted_sample",
    "int_gravity__pair_means",
    "int_gravity__pair_products",
    "int_gravity__grand_means",
    "int_gravity__time_sums",
    "int_gravity__time_overlaps",
)
SECOND_PASSES = (
    "int_gravity__coefficients",
    "int_gravity__estimator_weights",
    "int_gravity__time_shifts",
    "int_gravity__scores",
    "int_gravity__time_scores",
    "int_gravity__twoway_scores",
    "int_gravity__meat",
    "int_gravity__fit_powers",
    "int_gravity__reset_products",
)
ROOT = Path(__file__).resolve().parents[1]
OUTCOME = "y"
ENTITY = "entity"
Array = npt.NDArray[np.float64]


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def moments_of(
    frame: pd.DataFrame, regressors: list[str], *, weights: str | None = None
) -> PanelMoments:
    """Moments of ``frame`` by the SQL of the project."""
    connection = _connection()
    connection.register("test_panel", frame)
    return panel_moments(
        connection,
        "test_panel",
        outcome=OUTCOME,
        regressors=regressors,
        entity=ENTITY,
        time="year" if "year" in frame else None,
        weights=weights,
    )


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
    estimates: pd.DataFrame
    meat: pd.DataFrame
    inference: pd.DataFrame


def _environment(max_terms: int) -> Environment:
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
        power_slots=lambda: list(range(max_terms + 3)),
        max_terms=lambda: max_terms,
        config=lambda **_: "",
    )
    own = environment.get_template("macros/slot_coefficients.sql").module
    for module in (macros(), own):
        environment.globals.update({k: v for k, v in vars(module).items() if callable(v)})
    return environment


def run_gravity_models(
    samples: dict[tuple[str, str], pd.DataFrame], *, confidence_level: float = 0.95
) -> GravityTables:
    """Run the SQL files of models/gravity and both Python steps on samples by study and spec."""
    settings: dict[str, Any] = yaml.safe_load((ROOT / "dbt_project.yml").read_text("utf-8"))
    max_terms = int(settings["vars"]["max_terms"])
    environment = _environment(max_terms)
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
        connection.register("stg_study__gravity_terms", term_table)
        connection.register("stg_study__gravity_specifications", specifications)
        for name in FIRST_PASSES:
            build(name)
        moments = build("int_gravity__moments")
        estimates = estimate_gravity(moments, term_table, specifications)
        connection.register("est_gravity", estimates)
        tables = {name: build(name) for name in SECOND_PASSES}
    inference = estimate_inference(
        moments,
        meat=tables["int_gravity__meat"],
        time_scores=tables["int_gravity__time_scores"],
        reset_products=tables["int_gravity__reset_products"],
        terms=term_table,
        specifications=specifications,
        max_terms=max_terms,
    )
    return GravityTables(moments, estimates, tables["int_gravity__meat"], inference)


@dataclass(frozen=True)
class Case:
    """A panel and what the library makes of it."""

    frame: pd.DataFrame
    moments: PanelMoments
    fits: dict[Estimator, Estimate]
    meats: dict[Estimator, Meats]
    reset_products: Array | None

    @classmethod
    def of(cls, frame: pd.DataFrame, *, weights: str | None = None) -> Case:
        """Moments, every estimator and the sums of its scores."""
        moments = moments_of(frame, regressors_of(frame), weights=weights)
        fits = estimate_all(moments)
        connection = _connection()  # holds the tables of these moments until the next ones
        meats = {
            estimator: fit_meats(connection, moments, fit, over_rows=True)
            for estimator, fit in fits.items()
            if fit.is_estimated
        }
        products = reset_products(connection, moments, fits["pooled"])
        return cls(frame, moments, fits, meats, products)

    def errors(self, estimator: Estimator, kind: Covariance) -> Sandwich:
        """A covariance beside the classical one."""
        fit, n_entities = self.fits[estimator], self.moments.n_entities
        return sandwich(fit, self.meats[estimator], kind, n_entities=n_entities)

    @property
    def tests(self) -> dict[str, TestResult]:
        """Every specification test by name."""
        fit = self.fits["mundlak"]
        robust = self.errors("mundlak", "clustered") if fit.is_estimated else None
        found = (
            *run_tests(self.moments, self.fits),
            mundlak(fit),
            hausman_robust(fit, robust),
            reset(self.fits["pooled"], self.reset_products),
        )
        return {test.name: test for test in found}
