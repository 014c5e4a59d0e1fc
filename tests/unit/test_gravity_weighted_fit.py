"""Weighted R2 and sigma_u: Stata's where Stata has them, computed here from the rows."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pyfixest as pf
import pytest
from tests.panels import ENTITY, OUTCOME, make_panel, moments_of, regressors_of, unbalanced_sizes

from trade_potential.gravity.estimate import Estimate
from trade_potential.gravity.estimators import estimate_all
from trade_potential.inference.registry import Estimator, estimators

SAME = 1e-9
"""Moments and rows: the order of additions."""

PRINTED = 1e-6
"""The known values have six digits."""

ROWS = """entity,year,y,x1,w
a,1,1,2,1
a,2,2,3,1
b,1,3,5,2
b,2,4,4,2
c,1,2,7,3
c,2,6,1,3
d,1,5,2,1
d,2,1,8,1
"""


def fits_of(frame: pd.DataFrame) -> dict[Estimator, Estimate]:
    return estimate_all(moments_of(frame, regressors_of(frame), weights="w"))


def panel(*, varies: bool) -> pd.DataFrame:
    """Two regressors and weights, the same for all rows of an entity or not."""
    frame = make_panel(8, sizes=unbalanced_sizes(8, 25, 7), n_terms=2, endogeneity=0.5)
    rng = np.random.default_rng(8)
    by_entity = dict(zip(frame[ENTITY].unique(), rng.uniform(0.2, 5.0, 25), strict=True))
    weight = frame[ENTITY].map(by_entity)
    return frame.assign(w=weight * rng.uniform(0.2, 5.0, len(frame)) if varies else weight)


def within_slopes(frame: pd.DataFrame) -> pd.Series:
    """Least squares on dummies of the entities, weighted."""
    names = regressors_of(frame)
    dummies = pd.get_dummies(frame[ENTITY]).to_numpy(dtype=float)
    design = np.column_stack([frame[names], dummies])
    root = np.sqrt(frame["w"].to_numpy())
    slopes = np.linalg.lstsq(design * root[:, None], frame[OUTCOME] * root)[0]
    return pd.Series(slopes[: len(names)], index=names)


def squared_correlation(one: pd.Series, other: pd.Series) -> float:
    return float(np.corrcoef(one, other)[0, 1] ** 2)


def test_known_values() -> None:
    """Weights are constant in the entities: Stata's xtreg, fe takes means and rows without them."""
    frame = pd.read_csv(io.StringIO(ROWS))
    fit = fits_of(frame)["within"]
    assert fit.r_squared_between == pytest.approx(0.510204, rel=PRINTED)
    assert fit.r_squared_overall == pytest.approx(0.341856, rel=PRINTED)
    assert fit.sigma_u == pytest.approx(1.665662, rel=PRINTED)
    assert fit.r_squared_within == pytest.approx(0.955325, rel=PRINTED)
    assert fit.slopes == pytest.approx([-0.659864], rel=PRINTED)


def test_weights_of_entities_as_stata_takes_them() -> None:
    """Weighted slopes; unweighted correlations over rows and over means, unweighted sigma_u."""
    frame = panel(varies=False)
    fit, slopes = fits_of(frame)["within"], within_slopes(frame)
    np.testing.assert_allclose(fit.slopes, slopes, rtol=SAME)
    linear = frame[slopes.index] @ slopes
    means = pd.DataFrame({"y": frame[OUTCOME], "xb": linear}).groupby(frame[ENTITY]).mean()
    overall = squared_correlation(frame[OUTCOME], linear)
    assert fit.r_squared_overall == pytest.approx(overall, rel=SAME)
    between = squared_correlation(means["y"], means["xb"])
    assert fit.r_squared_between == pytest.approx(between, rel=SAME)
    assert fit.sigma_u == pytest.approx((means["y"] - means["xb"]).std(ddof=1), rel=SAME)


def test_weights_of_rows_count_within_their_entity() -> None:
    """Where Stata refuses: scaled to a mean of one in each entity, and entities count alike."""
    frame = panel(varies=True)
    fit, slopes = fits_of(frame)["within"], within_slopes(frame)
    scaled = frame["w"] / frame.groupby(ENTITY)["w"].transform("mean")
    both = pd.DataFrame({"y": frame[OUTCOME], "xb": frame[slopes.index] @ slopes})
    groups = frame[ENTITY]
    means = both.mul(scaled, axis=0).groupby(groups).sum().div(scaled.groupby(groups).sum(), axis=0)
    centred = both - both.mul(scaled, axis=0).sum() / len(frame)
    y, xb = centred["y"], centred["xb"]
    overall = (scaled @ (y * xb)) ** 2 / ((scaled @ y**2) * (scaled @ xb**2))
    assert fit.r_squared_overall == pytest.approx(overall, rel=SAME)
    between = squared_correlation(means["y"], means["xb"])
    assert fit.r_squared_between == pytest.approx(between, rel=SAME)
    theirs = pf.feols(f"{OUTCOME} ~ x1 + x2 | {ENTITY}", data=frame, weights="w", fixef_rm="none")
    effects = pd.Series(next(iter(theirs.fixef().values())), dtype=float)
    assert len(effects) == groups.nunique()  # also those seen once
    assert fit.sigma_u == pytest.approx(effects.std(ddof=1), rel=1e-6)


@pytest.mark.parametrize("estimator", estimators("least_squares"))
def test_every_estimator_has_the_same_measure(estimator: Estimator) -> None:
    """Correlations of its own line with the outcome, by one rule; mundlak's has means in it."""
    frame = panel(varies=False)
    fit = fits_of(frame)[estimator]
    names = regressors_of(frame)
    means = frame.groupby(ENTITY)[names].transform("mean").add_prefix("mean(").add_suffix(")")
    values = pd.concat([frame[names], means], axis=1)
    linear = values[list(fit.terms)] @ fit.slopes
    overall = squared_correlation(frame[OUTCOME], linear)
    assert fit.r_squared_overall == pytest.approx(overall, rel=SAME)
    by_entity = pd.DataFrame({"y": frame[OUTCOME], "xb": linear}).groupby(frame[ENTITY]).mean()
    between = squared_correlation(by_entity["y"], by_entity["xb"])
    assert fit.r_squared_between == pytest.approx(between, rel=SAME)


def test_equal_weights_are_none() -> None:
    frame = panel(varies=False)
    plain = estimate_all(moments_of(frame, regressors_of(frame)))
    for name, fit in fits_of(frame.assign(w=3.0)).items():
        for quantity in ("r_squared_between", "r_squared_overall", "sigma_u"):
            ours, theirs = getattr(fit, quantity), getattr(plain[name], quantity)
            assert ours == pytest.approx(theirs, rel=1e-12, nan_ok=True)
