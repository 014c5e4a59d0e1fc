"""The library of this project, as its command line uses it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.columns import (
    EXPORTER_YEAR,
    FLOW,
    INDICATORS,
    OUTCOME,
    PAIR_YEAR,
    PAIR_YEARLY,
    PAIRWISE,
    REGRESSORS,
    THREE_WAY,
    VARYING,
)
from benchmarks.programs.names import Estimates, named


@contextmanager
def _rows_of(data: Path, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the file as the view ``rows``; it spills beside the file."""
    with tempfile.TemporaryDirectory(prefix="spill-", dir=data.parent) as spill:
        settings = {"memory_limit": memory_limit, "temp_directory": spill}
        with duckdb.connect(config=settings) as connection:
            connection.execute("set enable_progress_bar = false")
            connection.read_parquet(str(data)).create_view("rows")
            yield connection


def panel(data: Path, memory_limit: str) -> Estimates:
    """Pooled, between, within, random; classical and clustered; F, LM, Hausman."""
    from trade_potential.gravity import estimators as of
    from trade_potential.gravity.covariance import sandwich
    from trade_potential.gravity.estimate import DIGITS_AT_STAKE
    from trade_potential.gravity.on_blocks.panel import fit_meats, panel_moments, refined
    from trade_potential.gravity.specification_tests import run_tests

    found: Estimates = {}
    with _rows_of(data, memory_limit) as connection:
        moments = panel_moments(
            connection, "rows", outcome=OUTCOME, regressors=list(REGRESSORS), entity="pair"
        )
        within, between = of.within(moments), of.between(moments)
        random = of.random(moments, within_fit=within, between_fit=between)
        fits = {"pooled": of.pooled(moments), "between": between, "within": within}
        fits["random"] = random
        tests = run_tests(moments, fits)
        for name, fit in fits.items():
            if fit.digits_lost > DIGITS_AT_STAKE:
                fit = refined(connection, moments, fit)
            errors = np.sqrt(np.diag(fit.covariance))[1:]
            found |= named(f"{name} coefficient", fit.terms, fit.slopes)
            found |= named(f"{name} classical", fit.terms, errors)
            if name == "between":
                continue
            meats = fit_meats(connection, moments, fit, over_rows=False)
            clustered = sandwich(fit, meats, "clustered", n_entities=moments.n_entities)
            errors = np.sqrt(np.diag(clustered.matrix))[1:]
            found |= named(f"{name} clustered", fit.terms, errors)
    return found | {test.name: test.statistic for test in tests}


def twoway(data: Path, memory_limit: str) -> Estimates:
    """Effects of pairs and years, clustered by pair."""
    from trade_potential.gravity.covariance import sandwich
    from trade_potential.gravity.estimators import twoway as estimate
    from trade_potential.gravity.on_blocks.panel import fit_meats, panel_moments

    with _rows_of(data, memory_limit) as connection:
        moments = panel_moments(
            connection,
            "rows",
            outcome=OUTCOME,
            regressors=list(VARYING),
            entity="pair",
            time="year",
        )
        fit = estimate(moments)
        meats = fit_meats(connection, moments, fit, over_rows=False)
        clustered = sandwich(fit, meats, "clustered", n_entities=moments.n_entities)
    errors = np.sqrt(np.diag(clustered.matrix))[1:]
    return named("coefficient", fit.terms, fit.slopes) | named("clustered", fit.terms, errors)


def _ppml(
    data: Path, memory_limit: str, regressors: tuple[str, ...], effects: tuple[tuple[str, ...], ...]
) -> Estimates:
    from trade_potential.linalg import one_thread
    from trade_potential.ppml.columns import Columns
    from trade_potential.ppml.estimate import fit_sample
    from trade_potential.ppml.on_duckdb import table_sample

    columns = Columns(FLOW, regressors, "pair", "year", effects)
    slots = [f"{name} as k{k}" for k, name in enumerate(columns.keys)]
    slots += [f"{name} as v{k}" for k, name in enumerate(columns.numbers)]
    with _rows_of(data, memory_limit) as connection:
        connection.table("rows").project(", ".join(slots)).create_view("sample")
        sample = table_sample(connection, "sample", columns)
    with one_thread():
        fit = fit_sample(sample)
    if not fit.is_estimated:
        raise RuntimeError(f"{fit.status}: {fit.reason}")
    errors = np.sqrt(np.diag(fit.covariances["clustered"].matrix))
    return named("coefficient", fit.terms, fit.coefficients) | named("clustered", fit.terms, errors)


def ppml_pair_year(data: Path, memory_limit: str) -> Estimates:
    """PPML with effects of pairs and years, clustered by pair."""
    return _ppml(data, memory_limit, VARYING, PAIR_YEAR)


def ppml_country_year(data: Path, memory_limit: str) -> Estimates:
    """PPML with effects of exporter-years and importer-years, clustered by pair."""
    return _ppml(data, memory_limit, PAIRWISE, EXPORTER_YEAR)


def ppml_three_way(data: Path, memory_limit: str) -> Estimates:
    """PPML with effects of exporter-years, importer-years and pairs, clustered by pair."""
    return _ppml(data, memory_limit, PAIR_YEARLY, THREE_WAY)


def index(data: Path, memory_limit: str) -> Estimates:
    """Eigenvalues of the correlations, and the loadings of the first component."""
    from trade_potential.index.estimate import IndexSettings, estimate_index
    from trade_potential.index.on_duckdb import table_correlation

    with _rows_of(data, memory_limit) as connection:
        scaled = table_correlation(connection, "rows", variables=list(INDICATORS))
    settings = IndexSettings(method="pca", component_rule="all", anchor=INDICATORS[0])
    components = estimate_index(scaled.correlation, settings).components
    if components is None:
        raise RuntimeError("no components")
    numbers = (f"{k}" for k in range(1, len(INDICATORS) + 1))
    first = np.abs(components.vectors[:, 0])
    return named("eigenvalue", numbers, components.eigenvalues) | named(
        "component 1", INDICATORS, first
    )


JOBS = {
    "panel": panel,
    "twoway": twoway,
    "ppml_pair_year": ppml_pair_year,
    "ppml_country_year": ppml_country_year,
    "ppml_three_way": ppml_three_way,
    "index": index,
}
