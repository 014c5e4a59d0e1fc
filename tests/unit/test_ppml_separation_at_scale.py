"""Separated rows by a basis of the null space: the rows of the linear program, and no others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.test_ppml import fitted_on
from tests.unit.test_ppml_separation import (
    PRIMER,
    SMALL,
    TWO,
    estimates_exist,
    is_separated,
    lost,
    sample_of,
)

from trade_potential.ppml import nullspace as nullspace_module
from trade_potential.ppml import separation as separation_module
from trade_potential.ppml.nullspace import without_positive
from trade_potential.ppml.sample import BoolArray, Sample
from trade_potential.ppml.separation import Separated, separated_at_scale, separated_rows


def all_separated(sample: Sample, search: Any) -> tuple[BoolArray, Sample]:
    """Rows that a search finds until it finds nothing, and the rest."""
    rest, found = sample, np.zeros(len(sample), dtype=bool)
    at = np.arange(len(sample))
    while (part := search(rest)).rows.any():
        assert part.note == ""
        found[at[part.rows]] = True
        at, rest = at[~part.rows], rest.take(~part.rows)
    return found, rest


def sparse_trade(seed: int, *, n_sets: int, n_terms: int, share: float) -> Sample:
    """300 rows, few with positive outcomes, which hardly join the levels; sparse regressors."""
    rng = np.random.default_rng(seed)
    n = 300
    y = np.where(rng.random(n) < share, rng.integers(1, 9, size=n), 0).astype(float)
    y[0] = 1.0
    terms = [f"x{k}" for k in range(n_terms)]
    columns: dict[str, Any] = {
        t: rng.integers(-seed % 2, 3, size=n) * (rng.random(n) < 0.1) * (y == 0.0)
        for t in terms[1:]
    }
    columns[terms[0]] = rng.normal(size=n)
    effects = [f"g{k}" for k in range(n_sets)]
    columns |= {g: rng.integers(0, (30, 60, 40)[n_sets - 1], size=n) for g in effects}
    return sample_of({"y": y, **columns}, *terms, effects=tuple((g,) for g in effects))


def without_zeros(sample: Sample) -> Sample:
    """Without levels whose every outcome is zero."""
    while (bad := without_positive(sample.codes(), sample.outcome == 0.0)).any():
        sample = sample.take(~bad)
    return sample


@given(sample=SMALL)
def test_rows_are_separated_and_no_others(sample: Sample) -> None:
    found, rest = all_separated(sample, separated_at_scale)
    assert found.tolist() == [is_separated(sample, row) for row in range(len(sample))]
    assert estimates_exist(rest)


@given(
    seed=st.integers(0, 100_000),
    n_sets=st.integers(1, 3),
    n_terms=st.integers(1, 3),
    share=st.sampled_from([0.2, 0.3, 0.45, 0.6]),
)
def test_as_the_linear_program_on_all_rows(
    seed: int, n_sets: int, n_terms: int, share: float
) -> None:
    sample = sparse_trade(seed, n_sets=n_sets, n_terms=n_terms, share=share)
    assert separation_module.prune(sample, at_scale=True).note == ""
    large, _ = all_separated(sample, separated_at_scale)
    usual, _ = all_separated(sample, separated_rows)
    np.testing.assert_array_equal(large, usual)


def test_samples_above_are_separated_by_more_than_levels_of_zeros() -> None:
    """Else the tests would see nothing but ``without_positive``."""
    beyond = {1: 0, 2: 0, 3: 0}
    for n_sets in beyond:
        for seed in range(12):
            sample = sparse_trade(seed, n_sets=n_sets, n_terms=2, share=0.45)
            beyond[n_sets] += bool(
                all_separated(without_zeros(sample), separated_at_scale)[0].any()
            )
    assert min(beyond.values()) >= 6


@pytest.mark.parametrize("length", [3, 50])
def test_a_cycle_of_zeros_separates_nothing_and_a_chain_every_link(length: int) -> None:
    """Blocks of positive outcomes linked by zeros: exporter of one block, importer of the next."""
    block = np.repeat(np.arange(length), 4)
    columns = {"y": np.ones(4 * length), "g": block * 2 + np.tile([0, 0, 1, 1], length)}
    columns["h"] = block * 2 + np.tile([0, 1, 0, 1], length)
    columns["x"] = np.random.default_rng(0).normal(size=4 * length)
    links = {"y": np.zeros(length), "g": np.arange(length) * 2}
    links["h"] = (np.arange(length) + 1) % length * 2
    links["x"] = np.random.default_rng(1).normal(size=length)
    effects = (("g",), ("h",))
    for n_links, expected in ((length, 0), (length - 1, length - 1)):
        joined = {k: np.concatenate([columns[k], links[k][:n_links]]) for k in columns}
        sample = sample_of(joined, "x", effects=effects)
        assert int(separated_at_scale(sample).rows.sum()) == expected
        assert int(separated_rows(sample).rows.sum()) == expected


def test_examples_of_the_primer() -> None:
    fit = fitted_on(PRIMER, "x", effects=TWO, scale_rows=0)
    assert lost(fit) == {2: "separation", 7: "separation", 12: "separation"}
    assert "a combination of the effects is positive here" in fit.losses["reason"][0]
    more = {"y": 1e-6, "id1": 2, "id2": 1, "x": 0.3}
    fit = fitted_on({k: [*v, more[k]] for k, v in PRIMER.items()}, "x", effects=TWO, scale_rows=0)
    assert (fit.status, lost(fit)) == ("ok", {})


def test_regressors_are_named() -> None:
    columns = {"y": [0, 0, 0, 1, 2, 3], "x": [1, 1, 0, 0, 0, 0], "z": [1, 2, 1, 2, 1, 1]}
    sample = sample_of({**columns, "g": [1, 2, 1, 2, 1, 2]}, "z", "x", effects=(("g",),))
    found = separated_at_scale(sample)
    assert found.rows.tolist() == [True, True, False, False, False, False]
    assert "a combination of x, the effects is positive here" in found.reason


def test_nearly_collinear_where_trade_is_positive_separates_nothing() -> None:
    rng = np.random.default_rng(0)
    y = np.where(np.arange(60) < 20, 0.0, 1.0)
    x, g = rng.normal(size=60), np.arange(60) % 3
    z = x + np.where(y == 0.0, 1.0, 1e-6 * rng.normal(size=60))
    sample = sample_of({"y": y, "x": x, "z": z, "g": g}, "x", "z", effects=(("g",),))
    assert not separated_at_scale(sample).rows.any()
    z = x + np.where(y == 0.0, 1.0, 0.0)
    sample = sample_of({"y": y, "x": x, "z": z, "g": g}, "x", "z", effects=(("g",),))
    assert separated_at_scale(sample).rows.tolist() == (y == 0.0).tolist()


def test_a_null_space_that_is_too_large_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = without_zeros(sparse_trade(1, n_sets=3, n_terms=1, share=0.3))
    monkeypatch.setattr(nullspace_module, "VECTORS", 1)
    found = separated_at_scale(sample)
    assert not found.rows.any()
    assert found.note == (
        "the search for separated rows did not end: effects are free in 1 directions or more"
    )


def test_a_program_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        separation_module,
        "largest_support",
        lambda values, **_: (np.zeros(values.shape[0], dtype=bool), np.zeros(0), "Time limit"),
    )
    sample = sample_of(
        {"y": [0, 1, 2, 3], "x": [1, 0, 0, 0], "g": [1, 1, 2, 2]}, "x", effects=(("g",),)
    )
    found: Separated = separated_at_scale(sample)
    assert found.note == "the search for separated rows did not end: Time limit"
