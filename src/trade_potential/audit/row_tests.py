"""Specification tests from the fits of a library: few of them are in one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats
from statsmodels.regression.linear_model import OLS  # type: ignore[import-untyped]
from statsmodels.stats.diagnostic import linear_reset  # type: ignore[import-untyped]

from trade_potential.audit.collinear import collinear
from trade_potential.audit.covariances import SCORES_LOSS, Errors, wald
from trade_potential.audit.panel import Panel
from trade_potential.audit.reestimate import Fit, Refusal, library_model
from trade_potential.gravity.moments import MEAN_OF
from trade_potential.gravity.specification_tests import NEGATIVE_TOLERANCE

LIBRARY_WALD = "linearmodels.quadratic_form_test"


@dataclass(frozen=True)
class RowTest:
    """A test statistic, NaN with a reason where there is none.

    ``condition`` bounds how much a relative error of the inputs grows on the way here.
    """

    name: str
    value: float
    p_value: float
    reference: str
    condition: float = 1.0
    reason: str = ""
    estimator: str = ""
    covariance: str = ""


def _none(name: str, reference: str, reason: str, condition: float = 1.0) -> RowTest:
    return RowTest(name, np.nan, np.nan, reference, condition, reason)


def _refused(name: str, fit: Refusal) -> RowTest:
    return _none(name, fit.reference, f"{fit.estimator}: {fit.reason}")


RESTS_ON = {
    "f_effects": "classical",
    "f_time_effects": "classical",
    "hausman": "classical",
    "mundlak": "classical",
    "hausman_robust": "clustered",
    "reset": "classical",
}
"""Covariances of the tests that have no choice in the warehouse."""


def row_tests(panel: Panel, fits: dict[str, Fit | Refusal]) -> Iterator[RowTest]:
    """Every test of the specification."""
    for test in _row_tests(panel, fits):
        yield replace(test, covariance=RESTS_ON.get(test.name, test.covariance))


def _row_tests(panel: Panel, fits: dict[str, Fit | Refusal]) -> Iterator[RowTest]:
    yield f_effects(panel, fits["within"])
    yield f_time_effects(panel, fits["within"], fits["twoway"])
    yield breusch_pagan_lm(panel, fits["pooled"])
    yield hausman(fits["within"], fits["random"])
    yield of_means("mundlak", fits["mundlak"], "classical")
    yield of_means("hausman_robust", fits["mundlak"], "clustered")
    yield reset(fits["pooled"])
    for fit in fits.values():
        if isinstance(fit, Fit):
            yield from joint_significance(fit)


def _f(name: str, fit: Fit, value: float, df: int, reference: str) -> RowTest:
    """F of what ``df`` coefficients explain; the difference of sums of squares costs digits."""
    df2 = fit.scalars["df_resid"]
    gain = abs(value) * df / df2
    lost = (1.0 + gain) / gain if gain else np.inf
    p_value = float(stats.f.sf(value, df, df2))
    return RowTest(name, value, p_value, reference, fit.condition * lost)


def f_effects(panel: Panel, inner: Fit | Refusal) -> RowTest:
    """F test of equal effects, as PanelOLS reports it: Baltagi (2021), eq. 2.18."""
    name, groups = "f_effects", len(panel.sizes)
    if isinstance(inner, Refusal):
        return _refused(name, inner)
    if groups < 2:
        return _none(name, inner.reference, "a single partner has no effects")
    return _f(name, inner, inner.scalars[name], groups - 1, inner.reference)


def f_time_effects(panel: Panel, inner: Fit | Refusal, both: Fit | Refusal) -> RowTest:
    """F test of equal year effects, from the squares that both regressions of PanelOLS leave.

    Where two-way effects absorb more regressors, one-way effects are fitted again without them.
    """
    name = "f_time_effects"
    if isinstance(both, Refusal):
        return _refused(name, both)
    df = panel.n_years - panel.n_blocks
    if df == 0:
        return _none(name, both.reference, "no two years are connected")
    ssr = inner.scalars["ssr"] if isinstance(inner, Fit) and inner.terms == both.terms else None
    if ssr is None:
        ssr = float(library_model(panel, "within", both.terms).fit().resid_ss)
    left = both.scalars["ssr"]
    value = (ssr - left) / df / (left / both.scalars["df_resid"]) if left > 0.0 else np.nan
    return _f(name, both, value, df, both.reference)


def breusch_pagan_lm(panel: Panel, pooled: Fit | Refusal) -> RowTest:
    """Baltagi and Li (1990), eq. 5, on the residuals of the pooled regression."""
    name, reference = "breusch_pagan_lm", "numpy on residuals of linearmodels.PooledOLS"
    if isinstance(pooled, Refusal):
        return _refused(name, pooled)
    residual = pooled.residuals
    sums = np.bincount(panel.partners, weights=residual)
    sizes = panel.sizes.astype(float)
    pairs = float(sizes @ sizes) - len(residual)
    if pairs == 0.0:
        return _none(name, reference, "no partner has two rows")
    excess = float(sums @ sums) / float(residual @ residual) - 1.0
    value = len(residual) ** 2 / 2.0 * excess**2 / pairs
    # excess is a difference of numbers near 1 + excess: their rounding grows by this much.
    lost = (1.0 + abs(excess)) / abs(excess) if excess else np.inf
    p_value = float(stats.chi2.sf(value, 1))
    return RowTest(name, value, p_value, reference, pooled.condition * lost)


def hausman(inner: Fit | Refusal, random: Fit | Refusal) -> RowTest:
    """Hausman (1978), eq. 3.10, each covariance with its own error variance.

    Generalised inverse in units of the standard errors of within, without eigenvalues below
    ``NEGATIVE_TOLERANCE`` of the largest. The condition number is 1 / the smallest eigenvalue in
    these units, in which what is subtracted has size 1, times the worse of the two fits'.
    """
    name = "hausman"
    if isinstance(inner, Refusal):
        return _refused(name, inner)
    if isinstance(random, Refusal):
        return _refused(name, random)
    reference = f"numpy on {inner.reference} and {random.reference}"
    common = [term for term in inner.terms if term in random.terms]
    if not common:
        return _none(name, reference, "no slope in common")
    at_inner = [1 + inner.terms.index(term) for term in common]
    at_random = [1 + random.terms.index(term) for term in common]
    v_inner = inner.covariance("classical")[np.ix_(at_inner, at_inner)]
    v_random = random.covariance("classical")[np.ix_(at_random, at_random)]
    unit = np.sqrt(np.diag(v_inner))
    gap = (inner.coefficients[at_inner] - random.coefficients[at_random]) / unit
    values, vectors = np.linalg.eigh((v_inner - v_random) / np.outer(unit, unit))
    size = np.abs(values)
    cut = NEGATIVE_TOLERANCE * size.max()
    usable = size > cut
    value = float(((vectors.T @ gap)[usable] ** 2 / values[usable]).sum())
    is_definite = bool((values > cut).all())
    # Dropped eigenvalues count as well: how near one comes to the cut decides the rank.
    spread = 1.0 / float(size.min()) if size.min() > 0.0 else np.inf
    return RowTest(
        name,
        value,
        float(stats.chi2.sf(value, int(usable.sum()))) if is_definite else np.nan,
        reference,
        max(1.0, spread) * max(inner.condition, random.condition),
        "" if is_definite else "the difference of the covariances is not positive definite",
    )


def of_means(name: str, fit: Fit | Refusal, kind: str) -> RowTest:
    """Whether the slopes of the partner means are zero, chi-squared by a covariance of mundlak."""
    if isinstance(fit, Refusal):
        return _refused(name, fit)
    names = {MEAN_OF.format(term) for term in fit.terms}
    at = [k for k, term in enumerate(fit.terms, start=1) if term in names]
    errors = fit.errors[kind]
    if errors.is_few:
        return _none(name, LIBRARY_WALD, "no more clusters than coefficients")
    test = wald(fit.coefficients[at], errors.matrix[np.ix_(at, at)], np.inf)
    grown = _grown(fit, errors, at) * test.condition
    return RowTest(name, test.statistic, test.p_value, LIBRARY_WALD, grown, test.reason)


def _grown(fit: Fit, errors: Errors, at: list[int]) -> float:
    """By how much rounding grows in the covariance of some slopes.

    Without ``SCORES_LOSS``: in 1,200 Wald tests of made-up panels with condition numbers up to 1e8
    the difference was at most 0.3 epsilon times what this and the inverse say.
    """
    return fit.condition * max(1.0, float(np.max(errors.lost[at], initial=1.0)) / SCORES_LOSS)


def joint_significance(fit: Fit) -> Iterator[RowTest]:
    """Whether all slopes are zero, by each covariance."""
    for kind, errors in fit.errors.items():
        test = wald(fit.coefficients[1:], errors.matrix[1:, 1:], errors.df)
        few = errors.is_few
        slopes = list(range(1, len(fit.coefficients)))
        grown = _grown(fit, errors, slopes) * test.condition
        yield RowTest(
            name="joint_significance",
            value=np.nan if few else test.statistic,
            p_value=np.nan if few else test.p_value,
            reference=LIBRARY_WALD,
            condition=1.0 if few else grown,
            reason="no more clusters than coefficients" if few else test.reason,
            estimator=fit.estimator,
            covariance=kind,
        )


def reset(pooled: Fit | Refusal) -> RowTest:
    """Ramsey (1969) with powers 2 and 3 of the fit, by statsmodels.

    On the outcome in deviations from its mean and in units of its standard deviation: the powers of
    a fit far from zero are nearly collinear, and the F statistic is the same.
    """
    name, reference = "reset", "statsmodels.linear_reset"
    if isinstance(pooled, Refusal):
        return _refused(name, pooled)
    y, x = pooled.design.y, pooled.design.x
    df2 = pooled.scalars["df_resid"] - 2.0
    fit = OLS((y - y.mean()) / y.std(), x).fit()
    fitted = np.asarray(fit.fittedvalues)
    if len(pooled.terms) == 0 or df2 <= 0.0:
        return _none(name, reference, f"{df2:.0f} residual degrees of freedom with the powers")
    if fitted.std() == 0.0:
        return _none(name, reference, "the fit does not vary")
    unit = fitted / fitted.std()
    wide = np.column_stack([x, unit**2, unit**3])
    if collinear(wide):
        return _none(name, reference, "a power of the fit is a combination of the regressors")
    value = float(linear_reset(fit, power=3, use_f=True).fvalue)
    gain = value * 2.0 / df2
    lost = (1.0 + gain) / gain if gain else np.inf
    condition = float(np.linalg.cond(wide / np.sqrt((wide**2).sum(axis=0))) ** 2)
    return RowTest(name, value, float(stats.f.sf(value, 2, df2)), reference, condition * lost)
