"""The SQL engine runs what the warehouse runs, and says what it does not do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.panels import (
    ENTITY,
    OUTCOME,
    ROOT,
    make_panel,
    model_environment,
    regressors_of,
    warehouse_steps,
)

from trade_potential import Panel
from trade_potential.errors import InputError
from trade_potential.gravity.engine import Rows, engine_of
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.reset import reset
from trade_potential.rows.model_columns import Columns

EXACT = 1e-11
"""Sums of the same products in another order."""

MAX_TERMS = 3
PREFIX = "int_gravity__"
OF_THE_WAREHOUSE = {
    "candidates": "makes the sample of the figures",
    "sample": "is what the steps begin with",
    "ppml_sample": "is read by PPML, row by row",
    "fitted": "reads what Python estimated",
}
"""Models of gravity that are no steps, and why."""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


# --- The same text --------------------------------------------------------------------------------


def steps() -> dict[str, str]:
    names = warehouse_steps(MAX_TERMS)
    return names.of_moments() | names.of_scores() | names.of_powers()


def words(sql: str) -> list[str]:
    """Without comments and white space, which no engine reads."""
    return re.sub(r"--.*", "", sql).split()


@pytest.mark.parametrize("name", steps())
def test_a_step_is_the_text_of_its_model(name: str) -> None:
    template = model_environment(MAX_TERMS).get_template(f"models/gravity/{PREFIX}{name}.sql")
    assert words(steps()[name]) == words(template.render())


def test_every_model_is_a_step_or_none_of_the_engine() -> None:
    found = {path.stem for path in (ROOT / "models/gravity").glob(f"{PREFIX}*.sql")}
    assert found == {f"{PREFIX}{name}" for name in (*steps(), *OF_THE_WAREHOUSE)}


def test_a_step_reads_steps_before_it_and_what_is_given() -> None:
    known = {"sample"}
    for name, sql in steps().items():
        read = set(re.findall(rf"{PREFIX}(\w+)", sql))
        assert read <= known, name
        known.add(name)


# --- What it does not do --------------------------------------------------------------------------


def test_weights_are_refused() -> None:
    frame = make_panel(1, sizes=[4] * 6, n_terms=1)
    names = {"outcome": OUTCOME, "regressors": ["x1"], "entity": ENTITY, "time": "year"}
    weighted = frame.assign(weight=np.arange(len(frame)) + 1.0)
    with (
        Panel.read(weighted, **names, weights="weight", engine="sql") as panel,  # type: ignore[arg-type]
        pytest.raises(InputError, match="SQL of the warehouse has no weights"),
    ):
        panel.fit("pooled")
    with Panel.read(frame.assign(weight=2.0), **names, weights="weight", engine="sql") as panel:  # type: ignore[arg-type]
        alike = panel.fit("pooled").params
    with Panel.read(frame, **names, engine="sql") as panel:  # type: ignore[arg-type]
        pd.testing.assert_series_equal(panel.fit("pooled").params, alike)


def test_powers_beyond_the_third_are_refused(connection: duckdb.DuckDBPyConnection) -> None:
    rows = rows_on(connection, make_panel(2, sizes=[5] * 8, n_terms=2))
    with pytest.raises(InputError, match="has the powers 2 and 3 of a fit, and no others"):
        rows.reset_products(estimate_all(rows.moments)["pooled"], (2, 3, 4))


def test_an_engine_that_is_none() -> None:
    with pytest.raises(InputError, match="engine 'pandas' is none of blocks, sql"):
        engine_of("pandas")


# --- Keys and times of any kind -------------------------------------------------------------------


def rows_on(
    connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame, engine: str = "sql"
) -> Rows:
    own = connection.cursor()
    own.register("test_panel", frame)
    columns = Columns(OUTCOME, regressors_of(frame), ENTITY, "year")
    return Rows.of(engine_of(engine), own, "test_panel", columns)


def numbers_of(rows: Rows) -> list[float]:
    """Slopes and standard errors of every estimator over rows and times, and a test of form."""
    found: list[float] = []
    for fit in estimate_all(rows.moments).values():
        meats = rows.meats(fit, over_rows=True)
        parts = [meats.by_entity[1:, 1:], *([] if meats.by_row is None else [meats.by_row[1:, 1:]])]
        found += [*fit.slopes, *np.concatenate([part.ravel() for part in parts])]
        if meats.by_time is not None:
            found += [*meats.by_time[:, 1]]
    pooled = estimate_all(rows.moments)["pooled"]
    return [*found, reset(pooled, rows.reset_products(pooled)).statistic]


KEYS = {
    "texts": lambda k: f'it\'s "pair" {k}; --',
    "a character NUL within": lambda k: f"\0{k:03d}\0.",
    "whole numbers": lambda k: 10**15 + k,
    "decimals": lambda k: k / 3.0 - 1.0,
    "dates": lambda k: pd.Timestamp("2020-01-01") + pd.Timedelta(days=k),
}
TIMES = {
    "texts of numbers": lambda year: str(year - 1995),  # 9 would follow 10 as a text
    "names of months": lambda year: pd.Timestamp(2020, year - 1999, 1).strftime("%b 2020"),
    "dates": lambda year: pd.Timestamp(year, 12, 31),
}


@pytest.mark.parametrize("kind", [*KEYS, *TIMES])
def test_keys_and_times_of_any_kind(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    frame = make_panel(3, sizes=[3, 5, 8, 1] * 6, n_terms=2)
    plain = numbers_of(rows_on(connection, frame, "blocks"))
    if kind in KEYS:
        other = frame.assign(**{ENTITY: frame.groupby(ENTITY).ngroup().map(KEYS[kind])})
    else:
        other = frame.assign(year=frame["year"].map(TIMES[kind]))
    found = numbers_of(rows_on(connection, other))
    np.testing.assert_allclose(found, plain, rtol=1e-9, atol=1e-9)


def test_entities_that_differ_in_a_last_nul_are_two(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Blocks refuse them, as numpy would take them for one."""
    frame = make_panel(4, sizes=[4] * 6, n_terms=1)
    frame.loc[frame[ENTITY] == "E001", ENTITY] = "E000\0"
    assert rows_on(connection, frame).moments.n_entities == 6
    with pytest.raises(InputError, match="NUL"):
        rows_on(connection, frame, "blocks")


@pytest.mark.parametrize("value", [None, np.inf])
def test_what_a_build_never_meets_is_refused(
    connection: duckdb.DuckDBPyConnection, value: float | None
) -> None:
    """Joins would drop rows without a key; gates and tests of dbt see to it in a build."""
    frame = make_panel(5, sizes=[4] * 6, n_terms=1)
    frame["x1" if value else ENTITY] = frame["x1" if value else ENTITY].where(
        frame.index > 1, value
    )
    with pytest.raises(InputError, match="2 of 24 rows hold a missing or not finite value"):
        rows_on(connection, frame)
