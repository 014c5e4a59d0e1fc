"""The second computation of what lasts of a panel agrees with the first, and finds its faults."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.test_certainty_rows import NUMBERS, answered, line, sample, without_trade

import trade_potential.gravity.lasting as law
import trade_potential.gravity.pair_years as noise
import trade_potential.results.gravity_lasting as rows_of
from trade_potential.audit.marts.compare import TOLERANCE
from trade_potential.audit.marts.lasting import TAIL, columns_of

BOUNDS = {"huge": (0.0, 0.8), "expansion": (0.8, 1.2), "reshaping": (1.2, np.inf)}
PAIRS = {"short": 5, "long": 24, "ppml": 12, "between": 8, "one by one": 24}


def given(kind: str) -> tuple[pd.DataFrame, str, dict[int, float]]:
    rows = sample(PAIRS[kind])
    if kind == "ppml":
        return without_trade(rows, "P04", 5), "ppml", {}
    if kind == "between":
        return rows, "between", {}
    return rows, "random", {8: 0.0 if kind == "short" else 0.7}


def first(rows: pd.DataFrame, estimator: str, theta: dict[int, float]) -> pd.DataFrame:
    found = answered(rows, estimator, theta=theta)
    return found.sort_values(["pair_id", "year"]).reset_index(drop=True)


def second(rows: pd.DataFrame, estimator: str, theta: dict[int, float]) -> pd.DataFrame:
    run = SimpleNamespace(outcome_transform="ln", outcome_divisor_usd=1.0)
    held: Any = SimpleNamespace(run=run, slots={"x1": 1, "x2": 2})
    slopes = pd.Series(line(rows, 2), index=["const", "x1", "x2"])
    found = columns_of(held, estimator, rows, slopes, theta, BOUNDS, 0.9, {})
    return pd.DataFrame(found).rename(columns={"gained": "log_k_change"})


def gaps(kind: str, made: pd.DataFrame) -> pd.Series:
    """Largest relative difference by column."""
    again = second(*given(kind))
    assert (made["probability_status"] == again["probability_status"]).all()
    names = ["log_k_change", *NUMBERS]
    one, other = made[names].astype(float), again[names].astype(float)
    assert (one.isna() == other.isna()).all().all()
    scale = np.maximum(np.maximum(one.abs(), other.abs()), TAIL)
    return ((one - other).abs() / scale).max()


@pytest.mark.parametrize("kind", list(PAIRS))
def test_both_computations_agree(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "one by one":
        monkeypatch.setattr(law, "TOGETHER", 10)
        monkeypatch.setattr("trade_potential.audit.marts.law.TOGETHER", 10)
    assert gaps(kind, first(*given(kind))).max() < TOLERANCE


def _half_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(*a: Any, **k: Any) -> noise.YearNoise | None:
        found = noise.year_noise(*a, **k)
        return found and noise.YearNoise(found.rho, found.variance / 4, found.of_pairs / 4)

    monkeypatch.setattr(rows_of, "year_noise", half)


def _other_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "correlation_of", lambda *_: 0.5)


def _wide_prior(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(law, "PRIOR_SCALE", 3.0)


def _own_years_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "PRIOR_YEARS", 1.0)


def _known_slopes(monkeypatch: pytest.MonkeyPatch) -> None:
    made = law._together

    def known(*a: Any) -> Any:
        parts = made(*a)
        return law._Parts(parts.pull, np.diag(a[3]), parts.line, parts.line_z)

    monkeypatch.setattr(law, "_together", known)


def _no_pull(monkeypatch: pytest.MonkeyPatch) -> None:
    made = law._together

    def free(*a: Any) -> Any:
        parts = made(*a)
        return law._Parts(np.eye(len(parts.pull)), parts.noise, parts.line, parts.line_z)

    monkeypatch.setattr(law, "_together", free)


def _calm_year(monkeypatch: pytest.MonkeyPatch) -> None:
    made = law.law_of_panel

    def calm(*a: Any, **k: Any) -> Any:
        found = made(*a, **k)
        new = law.Mixture.of(
            found.new_year.weights, found.new_year.means, 0.5 * found.new_year.deviations
        )
        return law.ChainLaw(found.lasting, new, found.log_change, found.is_determined, found.scale)

    monkeypatch.setattr(rows_of, "law_of_panel", calm)


def _half_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made = law._without_pair

    def half(rows: Any, of: law.Line, errors: Any) -> Any:
        return made(rows, law.Line(of.design, of.weights, 0.5 * of.information), errors)

    monkeypatch.setattr(law, "_without_pair", half)


def _exchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    order = ("potential_expansion", "huge_potential", "potential_reshaping")
    made = rows_of._bounds

    def other(classes: pd.DataFrame) -> Any:
        return dict(zip(order, made(classes).values(), strict=True))

    monkeypatch.setattr(rows_of, "_bounds", other)


LASTING = {"probability_huge", "probability_reshaping", "k_lasting_ci_low", "k_lasting_ci_high"}
NEW = {"new_year_probability_huge", "k_new_year_ci_low", "k_new_year_ci_high"}


@pytest.mark.parametrize(
    ("plant", "wrong", "right"),
    [
        (_half_noise, LASTING | NEW, {"log_k_change"}),
        (_other_memory, LASTING | NEW, {"log_k_change"}),
        (_wide_prior, LASTING | NEW, {"log_k_change"}),
        (_own_years_alone, LASTING | NEW, {"log_k_change"}),
        (_known_slopes, LASTING, {"log_k_change"}),
        (_no_pull, LASTING | NEW, {"log_k_change"}),
        (_calm_year, NEW, LASTING | {"log_k_change"}),
        (_half_left_out, {"log_k_change"}, LASTING | NEW),
        (_exchanged, {"probability_huge"}, {"probability_reshaping", "k_lasting_ci_low"}),
    ],
)
def test_a_fault_of_the_first_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    wrong: set[str],
    right: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    found = gaps("short", first(*given("short")))
    assert set(found.index[found > TOLERANCE]) >= wrong
    assert (found[sorted(right)] < TOLERANCE).all()
