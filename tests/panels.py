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

from trade_potential.gravity.estimate import Estimate, Estimator
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.specification_tests import TestResult, run_tests
from trade_potential.gravity.tables import estimate_clustered, estimate_gravity
from trade_potential.warehouse import panel_moments

ROOT = Path(__file__).resolve().parents[1]
OUTCOME = "y"
ENTITY = "entity"
Array = npt.NDArray[np.float64]


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def moments_of(frame: pd.DataFrame, regressors: list[str]) -> PanelMoments:
    """Moments of ``frame`` by the SQL of the project."""
    connection = _connection()
    connection.register("test_panel", frame)
    return panel_moments(
        connection, "test_panel", outcome=OUTCOME, regressors=regressors, entity=ENTITY
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


def theta_of_rows(frame: pd.DataFrame, moments: PanelMoments, fit: Estimate) -> Array:
    """(N,) share of the entity mean that the estimator takes out of each row."""
    by_size = dict(zip(moments.sizes, fit.theta, strict=True))
    counts = frame.groupby(ENTITY)[OUTCOME].transform("size")
    return np.array([by_size[float(count)] for count in counts])


def scores_by_entity(frame: pd.DataFrame, moments: PanelMoments, fit: Estimate) -> Array:
    """(G, k + 1) scores of the model in deviations from the grand means, from the rows alone."""
    columns = [OUTCOME, *fit.terms]
    values = frame[columns].to_numpy(dtype=float)
    means = frame.groupby(ENTITY)[columns].transform("mean").to_numpy(dtype=float)
    entities = frame[ENTITY]
    if fit.estimator == "between":
        rows = frame.groupby(ENTITY)[columns].mean()
        entities = rows.index.to_series()
        shifted = rows.to_numpy(dtype=float) - values.mean(axis=0)
        constant = np.ones(len(rows))
    else:
        theta = theta_of_rows(frame, moments, fit)[:, None]
        centre = values.mean(axis=0)
        shifted = values - centre - theta * (means - centre)
        constant = 1.0 - theta[:, 0]
    residual = shifted[:, 0] - shifted[:, 1:] @ fit.slopes - constant * fit.centred_constant
    design = np.column_stack([constant, shifted[:, 1:]])
    scores = pd.DataFrame(design * residual[:, None]).groupby(entities.to_numpy()).sum()
    return scores.to_numpy(dtype=float)


@dataclass(frozen=True)
class GravityTables:
    """What the gravity models of the project hold for a sample."""

    moments: pd.DataFrame
    estimates: pd.DataFrame
    meat: pd.DataFrame
    clustered: pd.DataFrame


def _environment(max_terms: int) -> Environment:
    """Jinja as dbt sets it up, as far as the gravity models use it: macros, ref and slots."""
    environment = Environment(
        loader=FileSystemLoader(ROOT),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
    )

    def slots(first: int = 0) -> list[int]:
        return list(range(first, max_terms + 1))

    environment.globals.update(ref=lambda name: name, slots=slots)
    macros = environment.get_template("src/trade_potential/sql/moments.sql").module
    environment.globals.update(
        {name: macro for name, macro in vars(macros).items() if callable(macro)}
    )
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
        part = pd.DataFrame({"partner_iso3": frame[ENTITY], "year": frame["year"]})
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
        for name in ("pair_means", "pair_products", "grand_means"):
            build(f"int_gravity__{name}")
        moments = build("int_gravity__moments")
        estimates = estimate_gravity(moments, term_table, specifications)
        connection.register("est_gravity", estimates)
        build("int_gravity__coefficients")
        meat = build("int_gravity__meat")
    clustered = estimate_clustered(estimates, meat, term_table, specifications)
    return GravityTables(moments, estimates, meat, clustered)


@dataclass(frozen=True)
class Case:
    """A panel and what the library makes of it."""

    frame: pd.DataFrame
    moments: PanelMoments
    fits: dict[Estimator, Estimate]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Case:
        """Moments and every estimator of ``frame``."""
        moments = moments_of(frame, regressors_of(frame))
        return cls(frame=frame, moments=moments, fits=estimate_all(moments))

    @property
    def tests(self) -> dict[str, TestResult]:
        """Specification tests by name."""
        return {test.name: test for test in run_tests(self.moments, self.fits)}
