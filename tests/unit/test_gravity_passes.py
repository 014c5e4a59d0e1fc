"""One pass over the rows, in blocks, gives the moments and meats that rows give, in any order."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.panels import ENTITY, OUTCOME, Array, make_panel, regressors_of, unbalanced_sizes

from trade_potential.errors import InputError
from trade_potential.gravity.estimators import estimate_all
from trade_potential.gravity.moments import PanelMoments
from trade_potential.gravity.on_blocks import entity_file, entity_sums
from trade_potential.gravity.on_blocks import panel as panel_module
from trade_potential.gravity.on_blocks.panel import clustered_meats, fit_meats, panel_moments
from trade_potential.gravity.reset import reset
from trade_potential.gravity.reset.on_duckdb import reset_products
from trade_potential.gravity.scores import Meats, design_slots, read_products
from trade_potential.sql.render import macros

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
    return moments_of_columns(connection, frame)


def moments_of_columns(connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame) -> PanelMoments:
    """Of what stands as test_panel, with the columns of the frame."""
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
    np.testing.assert_allclose(ours.centre, mean, rtol=EXACT)
    assert_near(ours.within, within)
    np.testing.assert_allclose(ours.masses, masses, rtol=EXACT)
    assert_near(ours.between, between)
    assert not ours.within[4].any()  # exactly: nothing was multiplied


@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("order", ["by pair", "by year", "shuffled", "pairs shuffled"])
def test_neither_order_nor_blocks_change_anything(
    connection: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
    is_weighted: bool,
    order: str,
) -> None:
    """Pairs go on over several blocks; where their rows do not lie together, they are sorted."""
    frame = panel(4, is_weighted=is_weighted)
    plain = moments_on(connection, frame)
    fits = {k: v for k, v in estimate_all(plain).items() if k != "twoway"}
    meats = clustered_meats(plain, fits)
    if order == "by year":
        frame = frame.sort_values(["year", ENTITY])
    elif order == "shuffled":
        frame = frame.sample(frac=1.0, random_state=4)
    elif order == "pairs shuffled":
        names = frame[ENTITY].unique()
        place = dict(zip(names, np.random.default_rng(4).permutation(len(names)), strict=True))
        frame = frame.iloc[frame[ENTITY].map(place).argsort(kind="stable")]
    monkeypatch.setattr(entity_sums, "BATCH_ROWS", 7)
    monkeypatch.setattr(entity_file, "PAIRS_TOGETHER", 5)
    other = moments_on(connection, frame)
    assert (other.sizes.tolist(), other.counts.tolist()) == (
        plain.sizes.tolist(),
        plain.counts.tolist(),
    )
    assert_near(other.within, plain.within)
    assert_near(other.between, plain.between)
    assert other.times is not None
    assert plain.times is not None
    np.testing.assert_allclose(other.times.sums, plain.times.sums, atol=1e-9)
    for name, fit in estimate_all(other).items():
        if name == "twoway":
            continue
        found = fit_meats(connection, other, fit, over_rows=True)
        assert_near(found.by_entity, meats[name].by_entity)


@pytest.mark.parametrize("as_type", ["text", "date", "hugeint", "smallint", "float"])
def test_an_entity_may_be_of_any_type(connection: duckdb.DuckDBPyConnection, as_type: str) -> None:
    frame = panel(4)
    plain = moments_on(connection, frame)
    kinds = {
        "text": "'it''s pair ' || number",
        "date": "date '2020-01-01' + cast(number as integer)",
        "hugeint": "cast(number as hugeint) * 100000000000000000000",
        "smallint": "cast(number as smallint)",
        "float": "cast(number as float) / 3",
    }
    connection.register("numbered", frame.assign(number=frame.groupby(ENTITY).ngroup()))
    typed = f"* exclude ({ENTITY}), {kinds[as_type]} as {ENTITY}"
    connection.table("numbered").project(typed).create_view("test_panel")
    found = moments_of_columns(connection, frame)
    assert found.n_entities == plain.n_entities
    assert_near(found.within, plain.within)
    fit = estimate_all(found)["twoway"]
    ours = fit_meats(connection, found, fit, over_rows=True)
    connection.execute("drop view test_panel")
    plain = moments_on(connection, frame)
    theirs = fit_meats(connection, plain, estimate_all(plain)["twoway"], over_rows=True)
    # Of the slopes: effects absorb the constant, and its score is what is left of the rounding.
    assert_near(ours.by_entity[1:, 1:], theirs.by_entity[1:, 1:])


@pytest.mark.parametrize("block_rows", [1, 5, 10_000])
def test_what_varies_in_the_last_pair_only_is_multiplied(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, block_rows: int
) -> None:
    """Also where it is constant in every block: with blocks of one row, all regressors are."""
    monkeypatch.setattr(entity_sums, "BATCH_ROWS", block_rows)
    frame = panel(5)
    frame.loc[frame.index[-1], "x4"] += 1.0
    ours = moments_on(connection, frame)
    assert_near(ours.within, by_rows(frame)[1])
    assert ours.within[4, 4] > 0.0


def test_the_sql_of_the_models_gives_the_same(connection: duckdb.DuckDBPyConnection) -> None:
    """Moments and clustered scores twice: of blocks of rows, and as the models make them."""
    frame = panel(12)
    ours = moments_on(connection, frame)
    sql, keys, slots = macros(), ["panel"], list(range(5))
    pairs = [*keys, "entity"]
    tables = {
        "sql_origins": sql.slot_origins("panel_timed_rows", keys, slots),
        "sql_rows": sql.shifted_rows(
            "panel_timed_rows", "sql_origins", keys, slots, ["entity", "time_key"]
        ),
        "sql_means": sql.slot_means("sql_rows", pairs, slots),
        "sql_products": sql.centred_products("sql_rows", "sql_means", pairs, slots),
        "sql_grand": sql.grand_means("sql_means", keys, slots),
    }
    over = ("sql_rows", "sql_means", keys, "entity", "time_key")
    tables["sql_times"] = sql.time_sums(*over, slots)
    tables["sql_overlaps"] = sql.time_overlaps(*over)
    for name, query in tables.items():
        connection.execute(f"create temporary table {name} as {query}")
    sources = ("sql_means", "sql_products", "sql_grand")
    query = sql.panel_moments(
        "sql_origins", *sources, keys, slots, "sql_times", "sql_overlaps", "time_key"
    )
    theirs = PanelMoments.from_rows(connection.execute(query).df(), ours.terms)
    # The view is shifted by first values already, its table by the lowest.
    np.testing.assert_allclose(ours.mean, theirs.centre, rtol=EXACT, atol=EXACT)
    np.testing.assert_allclose(ours.masses, theirs.masses, rtol=EXACT)
    # Products that should be zero are 1e-16 of the variance in SQL.
    assert_near(ours.within + ours.total, theirs.within + theirs.total)
    assert_near(ours.between, theirs.between)
    assert ours.times is not None
    assert theirs.times is not None
    np.testing.assert_allclose(ours.times.overlaps, theirs.times.overlaps, atol=EXACT)
    np.testing.assert_allclose(ours.times.sums, theirs.times.sums, atol=1e-9)
    fits = estimate_all(ours)
    panel_module._store(connection, ours, fits["pooled"])
    powers = sql.fit_powers("panel_timed_rows", "panel_coefficients", keys, slots)
    more = list(range(len(slots) + 2))
    connection.execute(f"create temporary table sql_powers as {powers}")
    connection.execute(
        f"create temporary table power_means as {sql.slot_means('sql_powers', keys, more)}"
    )
    query = sql.centred_products("sql_powers", "power_means", keys, more)
    products = read_products(connection.execute(query).df(), more)
    assert reset(
        fits["pooled"], reset_products(connection, ours, fits["pooled"])
    ).statistic == pytest.approx(reset(fits["pooled"], products).statistic, rel=1e-9)
    for name, fit in fits.items():
        panel_module._store(connection, ours, fit)
        if name == "twoway":
            panel_module._view_scores(connection, ours, fit)
            scores = sql.pair_scores("panel_scores", keys, "entity", slots)
            query = sql.summed_outer_products(f"({scores}) as scores", keys, slots)
        else:
            stored = ("panel_coefficients", "panel_weights", keys, "entity", slots)
            query = sql.clustered_meat(*sources, *stored, name == "mundlak")
        used = design_slots(ours.terms, fit.terms, len(ours.terms))
        theirs_meat = Meats.of(connection.execute(query).df(), None, used).by_entity
        meat = fit_meats(connection, ours, fit, over_rows=False).by_entity
        if name in ("within", "twoway"):  # effects absorb the constant: its score is rounding
            meat, theirs_meat = meat[1:, 1:], theirs_meat[1:, 1:]
        assert_near(meat, theirs_meat)


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
        monkeypatch.setattr(entity_sums, "MANY_TIMES", 2)
        monkeypatch.setattr(entity_sums, "BATCH_ROWS", 20)
    ours = moments_on(connection, frame)
    weight = frame["weight"] if kind == "weighted" else pd.Series(1.0, frame.index)
    mass = (weight / weight.mean()).rename("mass")
    seen = frame.assign(mass=mass.to_numpy()).pivot_table(
        index=ENTITY, columns="year", values="mass", aggfunc="sum", fill_value=0.0
    )
    p = seen.to_numpy()
    assert ours.times is not None
    np.testing.assert_allclose(ours.times.overlaps, (p / p.sum(axis=1)[:, None]).T @ p, atol=EXACT)


@pytest.mark.parametrize("column", [ENTITY, "year", "x2", "weight"])
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
