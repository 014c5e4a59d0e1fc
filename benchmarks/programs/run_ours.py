"""The library of this project, as its command line uses it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from trade_potential.panel.fit import Fit
    from trade_potential.panel.panel import Panel


@contextmanager
def _rows_of(data: Path, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the file as the view ``rows``; it spills beside the file."""
    with tempfile.TemporaryDirectory(prefix="spill-", dir=data.parent) as spill:
        settings = {"memory_limit": memory_limit, "temp_directory": spill}
        with duckdb.connect(config=settings) as connection:
            connection.execute("set enable_progress_bar = false")
            connection.read_parquet(str(data)).create_view("rows")
            yield connection


def _read(
    data: Path, memory_limit: str, regressors: tuple[str, ...], **columns: Any
) -> AbstractContextManager[Panel]:
    from trade_potential.panel.panel import Panel

    return Panel.read(
        data, regressors=regressors, entity="pair", memory_limit=memory_limit, **columns
    )


def _slopes(what: str, fit: Fit) -> Estimates:
    """Coefficients but the constant."""
    return _but_constant(what, fit, fit.numbers.estimate)


def _errors(what: str, fit: Fit) -> Estimates:
    """Their standard errors."""
    return _but_constant(what, fit, fit.numbers.std_error)


def _but_constant(what: str, fit: Fit, values: Iterable[float]) -> Estimates:
    first = 1 if fit.terms[0] == "const" else 0
    return named(what, fit.terms[first:], list(values)[first:])


def panel(data: Path, memory_limit: str) -> Estimates:
    """Pooled, between, within, random; classical and clustered; F, LM, Hausman."""
    found: Estimates = {}
    with _read(data, memory_limit, REGRESSORS, outcome=OUTCOME) as rows:
        for name in ("pooled", "between", "within", "random"):
            fit = rows.fit(name)
            found |= _slopes(f"{name} coefficient", fit) | _errors(f"{name} classical", fit)
            if name != "between":
                found |= _errors(f"{name} clustered", rows.fit(name, "clustered"))
        tests = rows.fitted_rows().tests()
    wanted = ("f_effects", "breusch_pagan_lm", "hausman")
    return found | {test.name: test.statistic for test in tests if test.name in wanted}


def twoway(data: Path, memory_limit: str) -> Estimates:
    """Effects of pairs and years, clustered by pair."""
    with _read(data, memory_limit, VARYING, outcome=OUTCOME, time="year") as rows:
        fit = rows.fit("twoway", "clustered")
    return _slopes("coefficient", fit) | _errors("clustered", fit)


def _ppml(
    data: Path, memory_limit: str, regressors: tuple[str, ...], effects: tuple[tuple[str, ...], ...]
) -> Estimates:
    columns = {"outcome": FLOW, "time": "year", "effects": effects}
    with _read(data, memory_limit, regressors, **columns) as rows:
        rows.only_ppml()
        fit = rows.fit("ppml", "clustered")
    return _slopes("coefficient", fit) | _errors("clustered", fit)


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
