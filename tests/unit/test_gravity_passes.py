"""Fewer passes over the rows give the moments and meats that rows give, at any size and order."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.panels import ENTITY, OUTCOME, Array, make_panel, regressors_of, unbalanced_sizes

from trade_potential.errors import InputError
from trade_potential.gravity import pair_tables, time_tables
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_duckdb import clustered_meats, fit_meats, panel_moments

EXACT = 1e-11
"""Sums of the same products in another order."""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def panel(seed: int, *, is_weighted: bool = False) -> pd.DataFrame:
    """Unbalanced with singletons, one regressor constant within pairs, gaps in the years."""
    frame = make_panel(seed, sizes=unbalanced_sizes(seed, 60, 9), n_terms=3, scales=(1e-3, 1e3))
    frame["x4"] = frame.groupby(ENTITY)["x1"].transform("max")
    begin = np.random.default_rng(seed).integers(0, 9, 60)
    frame["year"] += begin[frame.groupby(ENTITY).ngroup()]
    if is_weighted:
        frame["weight"] = np.random.default_rng(seed).uniform(0.2, 5.0, len(frame))
    return frame


def moments_on(connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame) -> PanelMoments:
    connection.register("test_panel", frame)
    return panel_moments(
        connection,
        "test_panel",
        outcome=OUTCOME,
        regressors=regressors_of(frame),
        entity=ENTITY,
        time="year",
        weights="weight" if "weight" in frame else None,
    )


def by_rows(frame: pd.DataFrame) -> tuple[Array, Array, Array, Array]:
    """Mean, products within, and by size masses and products between, from the definitions."""
    columns = [OUTCOME, *regressors_of(frame)]
    x = frame[columns].to_numpy()
    w = frame["weight"].to_numpy() if "weight" in frame else np.ones(len(frame))
    w = w / w.mean()
    mean = w @ x / w.sum()
    codes = frame.groupby(ENTITY).ngroup().to_numpy()
    sizes = np.bincount(codes)
    mass = np.bincount(codes, w)
    means = np.column_stack([np.bincount(codes, w * column) / mass for column in x.T])
    inner = x - means[codes]
    inner[:, np.ptp(inner, axis=0) < 1e-9 * np.abs(mean)] = 0.0
    outer = means - mean
    share = mass / sizes
    between = [
        (outer[sizes == n] * share[sizes == n, None]).T @ outer[sizes == n]
        for n in np.unique(sizes)
    ]
    masses = np.array([share[sizes == n].sum() for n in np.unique(sizes)])
    return mean, (inner * w[:, None]).T @ inner, masses, np.array(between)


def assert_near(ours: Array, theirs: Array) -> None:
    """Matrices in units of the diagonal of the second."""
    scale = np.sqrt(np.abs(np.diagonal(theirs, axis1=-2, axis2=-1)))
    unit = scale[..., :, None] * scale[..., None, :]
    unit[unit == 0.0] = 1.0
    np.testing.assert_allclose(ours / unit, theirs / unit, rtol=0.0, atol=EXACT)


@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_moments_are_those_of_the_rows(
    connection: duckdb.DuckDBPyConnection, seed: int, is_weighted: bool
) -> None:
    frame = panel(seed, is_weighted=is_weighted)
    ours = moments_on(connection, frame)
    mean, within, masses, between = by_rows(frame)
    np.testing.assert_allclose(ours.mean, mean, rtol=EXACT)
    assert_near(ours.within, within)
    np.testing.assert_allclose(ours.masses, masses, rtol=EXACT)
    assert_near(ours.between, between)
    assert not ours.within[4].any()  # exactly: nothing was multiplied


@pytest.mark.parametrize("is_weighted", [False, True])
def test_parts_and_sorting_change_nothing(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, is_weighted: bool
) -> None:
    """Of a shuffled panel whose sums do not fit into memory at once."""
    frame = panel(4, is_weighted=is_weighted).sample(frac=1.0, random_state=4)
    plain = moments_on(connection, frame)
    fits = estimate_all(plain)
    meats = clustered_meats(connection, plain, {k: v for k, v in fits.items() if k != "twoway"})
    monkeypatch.setattr(pair_tables, "CACHED_BYTES", 0)
    monkeypatch.setattr(pair_tables, "SHARE_OF_MEMORY", 1e-6)
    connection.execute("set memory_limit = '1GB'")
    parted = moments_on(connection, frame)
    tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert ("panel_sorted",) in tables
    assert_near(parted.within, plain.within)
    assert_near(parted.between, plain.between)
    assert parted.times is not None
    assert plain.times is not None
    np.testing.assert_allclose(parted.times.sums, plain.times.sums, atol=1e-9)
    for name, fit in estimate_all(parted).items():
        if name == "twoway":
            continue
        found = fit_meats(connection, parted, fit, over_rows=True)
        assert_near(found.by_entity, meats[name].by_entity)


def test_a_regressor_that_varies_in_the_last_pair_is_multiplied(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first rows only guess what does not vary within pairs."""
    monkeypatch.setattr(pair_tables, "LOOKED_AT", 20)
    frame = panel(5)
    frame.loc[frame.index[-1], "x4"] += 1.0
    ours = moments_on(connection, frame)
    assert_near(ours.within, by_rows(frame)[1])
    assert ours.within[4, 4] > 0.0


def test_singletons_alone(connection: duckdb.DuckDBPyConnection) -> None:
    ours = moments_on(connection, make_panel(6, sizes=[1] * 30, n_terms=2))
    assert not ours.within.any()
    assert ours.sizes.tolist() == [1.0]


@pytest.mark.parametrize("kind", ["plain", "weighted", "repeated", "many times"])
def test_overlaps_are_those_of_a_join_of_the_rows(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    frame = panel(7, is_weighted=kind == "weighted")
    if kind == "repeated":  # the library lets a pair have two rows of a year
        frame = pd.concat([frame, frame.iloc[:5]])
    if kind == "many times":
        monkeypatch.setattr(time_tables, "MOST_TIMES", 3)
    ours = moments_on(connection, frame)
    weight = frame["weight"] if kind == "weighted" else pd.Series(1.0, frame.index)
    mass = (weight / weight.mean()).rename("mass")
    seen = frame.assign(mass=mass.to_numpy()).pivot_table(
        index=ENTITY, columns="year", values="mass", aggfunc="sum", fill_value=0.0
    )
    p = seen.to_numpy()
    assert ours.times is not None
    np.testing.assert_allclose(ours.times.overlaps, (p / p.sum(axis=1)[:, None]).T @ p, atol=EXACT)


@pytest.mark.parametrize("column", [ENTITY, "x2", "weight"])
def test_a_missing_value_is_refused_with_the_number_of_rows(
    connection: duckdb.DuckDBPyConnection, column: str
) -> None:
    frame = panel(8, is_weighted=True)
    frame.loc[frame.index[3:5], column] = None
    with pytest.raises(InputError, match=f"2 of {len(frame)} rows hold a missing or not finite"):
        moments_on(connection, frame)


@pytest.mark.parametrize("weight", [0.0, -1.0])
def test_a_weight_that_is_not_positive_is_refused(
    connection: duckdb.DuckDBPyConnection, weight: float
) -> None:
    frame = panel(9, is_weighted=True)
    frame.loc[frame.index[3], "weight"] = weight
    with pytest.raises(InputError, match=f"1 of {len(frame)} rows have a weight that is not pos"):
        moments_on(connection, frame)


def test_no_rows(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(InputError, match="test_panel has no rows"):
        moments_on(connection, panel(9).iloc[:0])
