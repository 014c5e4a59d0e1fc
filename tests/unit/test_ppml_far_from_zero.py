"""PPML of regressors and outcomes far from zero: the digits that doubles hold there, or a word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.unit.test_far_from_zero import ORIGINS, SAME, far_and_near
from tests.unit.test_ppml import PAIR, gravity_rows

from trade_potential.ppml.estimate import fit_ppml

FIRST_ORDER = {1e9: 1e-5, 1e13: 1e-2}
"""By origin: of an outcome whose mean is 1 doubles give 1e-16, of what varies 1e-7 at 1e9 and 1e-3
at 1e13; the second order is 1e-9 of the first."""


@pytest.mark.parametrize("effects", [(), (PAIR,)])
@pytest.mark.parametrize("scale_rows", [1, 10**9])
def test_regressors_of_ppml(effects: tuple[tuple[str, ...], ...], scale_rows: int) -> None:
    frames = far_and_near(gravity_rows(4), ["gdp_log"], ORIGINS[0])
    far, near = (
        fit_ppml(
            frame,
            outcome="trade",
            regressors=["gdp_log", "agreement"],
            entity="pair",
            time="year",
            effects=effects,
            weights="weight",
            scale_rows=scale_rows,
        )
        for frame in frames
    )
    first = 0 if effects else 1
    assert "gdp_log varies by 0.99 where doubles are 0.00049 apart" in far.reason
    np.testing.assert_allclose(far.coefficients[first:], near.coefficients[first:], rtol=SAME)
    np.testing.assert_allclose(far.fitted, near.fitted, rtol=SAME)
    for kind, errors in near.covariances.items():
        inner = far.covariances[kind].matrix[first:, first:]
        np.testing.assert_allclose(inner, errors.matrix[first:, first:], rtol=1e-8)


@pytest.mark.parametrize("effects", [(), (PAIR,)])
@pytest.mark.parametrize("scale_rows", [1, 10**9])
@pytest.mark.parametrize("origin", [1e9, 1e13])
def test_outcome_of_ppml(
    effects: tuple[tuple[str, ...], ...], scale_rows: int, origin: float
) -> None:
    """Around c, exp(x'b) is c + c x'(b - b0): least squares of y - c over c, but for its square."""
    rows = gravity_rows(4)
    rows["trade"] = rows["gdp_log"] + np.random.default_rng(4).normal(size=len(rows))
    far, near = far_and_near(rows, ["trade"], origin)
    regressors = ["gdp_log", "agreement"]
    fit = fit_ppml(
        far,
        outcome="trade",
        regressors=regressors,
        entity="pair",
        time="year",
        effects=effects,
        scale_rows=scale_rows,
    )
    x, y = near[regressors].to_numpy(), near["trade"].to_numpy()
    group = pd.get_dummies(near["pair"] if effects else np.zeros(len(near))).to_numpy(dtype=float)
    x, y_left = (part - group @ np.linalg.lstsq(group, part)[0] for part in (x, y))
    slopes = np.linalg.lstsq(x, y_left)[0]
    residual = y_left - x @ slopes
    bread = np.linalg.inv(x.T @ x)
    n, k = len(near), len(regressors) + group.shape[1]
    robust = bread @ (x.T * residual**2) @ x @ bread * n / (n - k)
    first = 0 if effects else 1
    tolerance = FIRST_ORDER[origin]
    np.testing.assert_allclose(fit.coefficients[first:] * origin, slopes, rtol=tolerance)
    ours = fit.covariances["robust"].matrix[first:, first:]
    np.testing.assert_allclose(ours * origin**2, robust, rtol=tolerance)
    assert fit.deviance * origin == pytest.approx(residual @ residual, rel=tolerance)
    total = float(((y - y.mean()) ** 2).sum())
    share = 1.0 - float(residual @ residual) / total
    assert fit.deviance_r_squared == pytest.approx(share, rel=tolerance)
    # ln gamma(y + 1) is y ln y - y + ln(2 pi y) / 2, but for 1 / 12 y.
    assert fit.log_likelihood == pytest.approx(-n / 2 * np.log(2 * np.pi * origin), rel=1e-7)
    gain = share * total / origin / 2
    assert fit.pseudo_r_squared == pytest.approx(-gain / fit.log_likelihood, rel=tolerance)
    assert ("the outcome varies by" in fit.reason) == (origin == 1e13)


@pytest.mark.parametrize("effects", [(), (PAIR,)])
def test_outcome_of_ppml_without_a_digit(effects: tuple[tuple[str, ...], ...]) -> None:
    rows = gravity_rows(4)
    beyond = " beyond the distance of doubles there"
    for outcome, said in ((1e16 + rows["gdp_log"], beyond), (5.0, "")):
        fit = fit_ppml(
            rows.assign(trade=outcome),
            outcome="trade",
            regressors=["gdp_log"],
            entity="pair",
            time="year",
            effects=effects,
        )
        reason = f"the outcome does not vary over the sample{said}"
        assert (fit.status, fit.reason) == ("rank_deficient", reason)
