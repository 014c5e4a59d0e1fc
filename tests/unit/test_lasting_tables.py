"""Tables of lasting ratios: a small world from its cells to classes."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from trade_potential.inference.mixture import Mixture
from trade_potential.results.structural_lasting import (
    LASTING,
    OF_CLASS,
    dispersion_table,
    lasting_table,
)
from trade_potential.structural.dispersion import EDGES_USD, MIN_PAIRS

ECONOMIES = [f"E{k:02d}" for k in range(12)]
YEARS = range(2010, 2016)
CLASSES = pd.DataFrame(
    {
        "study_id": "s",
        "potential_class": ["potential_reshaping", "huge_potential", "potential_expansion"],
        "display_order": [3, 1, 2],
        "k_lower": [1.2, np.nan, 0.8],
        "k_upper": [np.nan, 0.8, 1.2],
    }
)
OTHER_CLASSES = pd.DataFrame(
    {
        "study_id": "s",
        "potential_class": ["below", "above"],
        "display_order": [1, 2],
        "k_lower": [np.nan, 1.0],
        "k_upper": [1.0, np.nan],
    }
)
ALPHABET = {"exporter_iso3": ECONOMIES[0], "importer_iso3": ECONOMIES[1]}


@pytest.fixture(scope="module")
def settings() -> dict[str, pd.DataFrame]:
    """One study with its default specification and another one."""
    keys = {"study_id": ["s", "s"], "spec_id": ["main", "other"]}
    terms = pd.DataFrame({"spec_id": ["main", "other"], "term": "lndist", "position": 1})
    return {
        "runs": pd.DataFrame(keys),
        "terms": terms,
        "specifications": pd.DataFrame(
            {"spec_id": ["main", "other"], "confidence_level": [0.95, 0.95]}
        ),
        "studies": pd.DataFrame({"study_id": ["s"], "default_spec_id": ["main"]}),
    }


@pytest.fixture(scope="module")
def cells() -> duckdb.DuckDBPyRelation:
    """Cells of both specifications; ratios of flows last, the first flow has no trade."""
    rng = np.random.default_rng(2)
    rows = [(e, i, y) for e in ECONOMIES for i in ECONOMIES if e != i for y in YEARS]
    frame = pd.DataFrame(rows, columns=["exporter_iso3", "importer_iso3", "year"])
    flow = frame.groupby(["exporter_iso3", "importer_iso3"]).ngroup().to_numpy()
    frame["v1"] = rng.uniform(5.0, 9.0, flow.max() + 1)[flow]
    ratio = rng.gamma(2.0, 0.5, flow.max() + 1)
    ratio[0] = 0.0
    mean = 3e9 * np.exp(-frame["v1"]) * ratio[flow]
    frame["trade_usd"] = mean * np.exp(0.3 * rng.standard_normal(len(frame)))
    both = pd.concat([frame.assign(study_id="s", spec_id=spec) for spec in ("main", "other")])
    return duckdb.connect().from_df(both)


def test_one_row_a_pair_and_flow_of_the_default_specification(
    cells: duckdb.DuckDBPyRelation, settings: dict[str, pd.DataFrame]
) -> None:
    found = lasting_table(cells, classes=CLASSES, **settings)
    assert found.schema == LASTING
    frame = found.to_pandas()
    n = len(ECONOMIES)
    assert frame["flow"].value_counts().to_dict() == {
        "directed": n * (n - 1),
        "total": n * (n - 1) // 2,
    }
    assert set(frame["spec_id"]) == {"main"}
    total = frame[frame["flow"] == "total"]
    assert (total["exporter_iso3"] < total["importer_iso3"]).all()
    assert not frame.duplicated(["flow", "exporter_iso3", "importer_iso3"]).any()
    assert (frame["n_years"] == len(YEARS)).all()
    assert (frame["effective_years"] <= frame["n_years"]).all()
    assert np.allclose(frame["k_lasting"], frame["gamma_shape"] / frame["gamma_rate"])


def test_the_class_is_the_most_probable_one(
    cells: duckdb.DuckDBPyRelation, settings: dict[str, pd.DataFrame]
) -> None:
    frame = lasting_table(cells, classes=CLASSES, **settings).to_pandas()
    is_silent = (frame[list(ALPHABET)] == ALPHABET).all(axis=1) & (frame["flow"] == "directed")
    chances = frame.loc[~is_silent, list(OF_CLASS)].to_numpy()
    assert np.allclose(chances.sum(axis=1), 1.0)
    names = np.array(list(OF_CLASS.values()))
    assert (frame.loc[~is_silent, "lasting_class"] == names[chances.argmax(axis=1)]).all()
    assert len(set(frame.loc[~is_silent, "lasting_class"])) == 3
    silent = frame[is_silent]
    assert silent["probability_status"].tolist() == ["no_trade_in_sample"]
    assert silent[["lasting_class", *OF_CLASS]].isna().all(axis=None)
    assert silent["k_lasting"].item() < 0.1


def test_classes_are_rows(
    cells: duckdb.DuckDBPyRelation, settings: dict[str, pd.DataFrame]
) -> None:
    found = lasting_table(cells, classes=OTHER_CLASSES, **settings)
    frame = found.to_pandas()
    assert found.schema == LASTING
    assert set(frame["lasting_class"].dropna()) == {"below", "above"}
    assert (frame["lasting_class"].isna() == (frame["probability_status"] != "ok")).all()
    assert frame[list(OF_CLASS)].isna().all(axis=None)


def test_cuts_of_another_study_move_nothing(
    cells: duckdb.DuckDBPyRelation, settings: dict[str, pd.DataFrame]
) -> None:
    own = lasting_table(cells, classes=CLASSES, **settings)
    others = pd.concat([OTHER_CLASSES.assign(study_id="t"), CLASSES])
    assert lasting_table(cells, classes=others, **settings).equals(own)


def test_the_laws_have_a_row_a_band(
    cells: duckdb.DuckDBPyRelation, settings: dict[str, pd.DataFrame]
) -> None:
    frame = dispersion_table(cells, **settings)
    assert frame.groupby("flow").size().to_dict() == dict.fromkeys(
        ("directed", "total"), len(EDGES_USD) + 1
    )
    directed = frame[frame["flow"] == "directed"]
    assert directed["n_pairs"].sum() == len(ECONOMIES) * (len(ECONOMIES) - 1)
    assert directed["n_trading_pairs"].sum() == directed["n_pairs"].sum() - 1  # one has no trade
    thin = directed["n_pairs"] < MIN_PAIRS
    assert (directed.loc[thin, "alpha_method"] == "all_sizes").all()
    assert (directed.loc[~thin, "alpha_method"] == "own").all()
    assert directed["size_from_usd"].tolist() == [0.0, *EDGES_USD]
    assert directed["size_to_usd"].tolist()[:-1] == list(EDGES_USD)
    assert pd.isna(directed["size_to_usd"].iloc[-1])


def test_a_world_without_cells_has_tables_without_rows(
    cells: duckdb.DuckDBPyRelation, settings: dict[str, pd.DataFrame]
) -> None:
    none = cells.filter("false")
    assert lasting_table(none, classes=CLASSES, **settings).equals(LASTING.empty_table())
    empty, full = (dispersion_table(part, **settings) for part in (none, cells))
    assert len(empty) == 0
    assert list(empty.dtypes) == list(full.dtypes)


def test_a_world_of_one_year_has_no_lasting_ratio(
    cells: duckdb.DuckDBPyRelation, settings: dict[str, pd.DataFrame]
) -> None:
    one = cells.filter("year = 2010")
    assert lasting_table(one, classes=CLASSES, **settings).num_rows == 0
    laws = dispersion_table(one, **settings)
    assert set(laws["alpha_method"]) == set(laws["noise_method"]) == {"not_available"}
    assert laws[["alpha", "phi_usd", "rho"]].isna().all(axis=None)
    assert isinstance(lasting_table(one, classes=CLASSES, **settings), pa.Table)


def test_no_probability_leaves_its_range_by_rounding() -> None:
    weights = np.full((1, 10), 0.1)
    assert weights.cumsum()[-1] != 1.0
    rounded = Mixture.of(weights * (1.0 + 4e-16), np.zeros((2, 10)), np.ones((2, 10)))
    chances = rounded.probabilities([(None, 0.8), (0.8, 1e30), (1e30, None), (None, 1e30)])
    assert chances.min() == 0.0
    assert chances.max() == 1.0
