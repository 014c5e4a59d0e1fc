"""Poisson deviance and likelihood against decimals of sixty digits."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest

from trade_potential.ppml.likelihood import ROWS, deviance, saturated

DIGITS = 60


def exact_deviance(y: float, mu: float) -> float:
    with localcontext(prec=DIGITS):
        a, b = Decimal(y), Decimal(mu)
        return float(2 * ((a * (a / b).ln() if a else 0) - (a - b)))


@pytest.mark.parametrize("mu", [1e-300, 0.3, 1.0, 7.0, 1e13])
@pytest.mark.parametrize("share", [0.0, 1e-5, 0.5, 0.91, 1 - 1e-9, 1 + 1e-12, 1.09, 1.1, 3.0, 1e6])
def test_deviance(mu: float, share: float) -> None:
    y = mu * share
    ratio = math.log(y / mu) if y > 0.0 else 0.0
    found = deviance(np.ones(1), np.array([y]), np.array([ratio]), np.array([mu]))
    assert found == pytest.approx(exact_deviance(y, mu), rel=1e-12, abs=0.0)


def test_deviance_of_many_rows() -> None:
    y, mu = np.array([0.0, 1e12 + 1.0, 4.0]), np.array([0.5, 1e12, 8.0])
    weights = np.array([1.0, 1e12, 3.0])
    expected = sum(w * exact_deviance(a, b) for w, a, b in zip(weights, y, mu, strict=True))
    ratio = np.log(np.where(y > 0.0, y, 1.0) / mu)
    assert deviance(weights, y, ratio, mu) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("y", [0, 1, 2, 17, 29, 30, 31, 170, 3000])
def test_saturated_likelihood(y: int) -> None:
    """By the factorial itself."""
    with localcontext(prec=DIGITS):
        exact = y * Decimal(y).ln() - y - Decimal(math.factorial(y)).ln() if y else Decimal(0)
    found = saturated(np.ones(1), np.array([float(y)]))
    assert found == pytest.approx(float(exact), rel=1e-13, abs=1e-15)


def test_blocks_of_rows_add_up() -> None:
    y = np.tile([0.0, 0.5, 3.0, 1e9], ROWS // 4 + 1)
    mu = np.tile([0.1, 0.6, 2.0, 1e9 + 7.0], ROWS // 4 + 1)
    ratio, w = np.log(np.where(y > 0.0, y, 1.0) / mu), np.ones(len(y))
    one = deviance(w[:4], y[:4], ratio[:4], mu[:4])
    assert deviance(w, y, ratio, mu) == pytest.approx(one * len(y) / 4, rel=1e-12)
    assert saturated(w, y) == pytest.approx(saturated(w[:4], y[:4]) * len(y) / 4, rel=1e-12)


def test_saturated_likelihood_of_fractions_and_of_all_sizes() -> None:
    """gamma(3/2) is sqrt(pi) / 2; and no outcome is too large or too small."""
    half = 0.5 * math.log(0.5) - 0.5 - math.log(math.sqrt(math.pi) / 2)
    found = [saturated(np.ones(1), np.array([y])) for y in (0.5, 1e-300, 1e306)]
    assert found[0] == pytest.approx(half, rel=1e-14)
    assert found[1] == pytest.approx(0.0, abs=1e-290)
    assert found[2] == pytest.approx(-0.5 * (math.log(2 * math.pi) + 306 * math.log(10)), rel=1e-14)
