"""The same numbers from the rows of one specification, with what bounds their difference."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from trade_potential.audit.covariances import Errors
from trade_potential.audit.panel import Panel
from trade_potential.audit.published import NUMBER, Record, number_key
from trade_potential.audit.reestimate import Fit, Refusal, reestimate
from trade_potential.audit.row_tests import RowTest, row_tests
from trade_potential.inference import CONSTANT
from trade_potential.inference.registry import COVARIANCES, ESTIMATORS, estimators
from trade_potential.linalg import FloatArray

SMALL = 1e-6
"""Numbers below this share of their natural unit are compared with it, not with themselves."""

_COLUMNS = [*NUMBER, "recomputed", "scale", "condition", "reference", "reason", "is_rounding"]


def recomputed_numbers(
    sample: pd.DataFrame, terms: tuple[str, ...], confidence_level: float
) -> pd.DataFrame:
    """Every number of ``published_numbers`` of one specification.

    Args:
        sample: Its rows: pair_id, year, v0, v1, ...
        terms: Names of v1, v2, ...
        confidence_level: Of intervals.

    Returns:
        ``NUMBER``, recomputed, scale (a published number is not compared with less than this),
        condition, reference, reason, is_rounding (nothing but rounding is left of the residuals).
    """
    rows: list[Record] = []
    if sample.empty:
        for name in estimators("least_squares"):
            rows += _refusal(Refusal(name, "rows", "the sample has no rows", "no_rows"))
            rows += _sizes(name, 0, 0)
        return pd.DataFrame(rows, columns=_COLUMNS)
    panel = Panel.of(sample, terms)
    fits = reestimate(panel)
    for fit in fits.values():
        rows += _sizes(fit.estimator, len(panel.outcome), len(panel.sizes))
        if isinstance(fit, Refusal):
            rows += _refusal(fit)
            continue
        for errors in fit.errors.values():
            rows += _with_errors(fit, errors, confidence_level)
        rows += _scalars(fit, panel)
    is_exact = any(isinstance(fit, Fit) and fit.is_exact for fit in fits.values())
    for test in row_tests(panel, fits):
        rows += _test(test, is_exact)
    return pd.DataFrame(rows, columns=_COLUMNS)


def _row(
    key: Record,
    value: float,
    scale: float,
    reference: str,
    *,
    condition: float = 1.0,
    reason: str = "",
    is_rounding: bool = False,
) -> Record:
    return {
        **key,
        "recomputed": value,
        "scale": scale,
        "condition": condition,
        "reference": reference,
        "reason": reason,
        "is_rounding": is_rounding,
    }


def _sizes(estimator: str, rows: int, partners: int) -> Iterator[Record]:
    for name, value in (("n_obs", rows), ("n_entities", partners)):
        yield _row(number_key(estimator, name), float(value), 1.0, "rows")


def _refusal(refusal: Refusal) -> Iterator[Record]:
    yield _row(
        number_key(refusal.estimator, "status", term=refusal.status),
        np.nan,
        1.0,
        refusal.reference,
        condition=refusal.condition,
        reason=refusal.reason,
    )


def _with_errors(fit: Fit, errors: Errors, level: float) -> Iterator[Record]:
    """Coefficients, standard errors, p-values, bounds and elements by one covariance."""
    reference = errors.reference or fit.reference
    names, std_errors = (CONSTANT, *fit.terms), errors.std_errors
    law, of = (
        (stats.norm, ()) if np.isinf(errors.df) else (stats.t, (errors.df,))
    )  # to freeze is slow
    quantile = float(law.ppf(0.5 + level / 2.0, *of))
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = 2.0 * law.sf(np.abs(fit.coefficients / std_errors), *of)
    upper = fit.coefficients + quantile * std_errors
    grown = fit.condition * errors.lost
    for k, term in enumerate(names):
        key = number_key(fit.estimator, "coefficient", covariance=errors.kind, term=term)
        least = SMALL * fit.units[k]
        value, error = float(fit.coefficients[k]), float(np.nanmax([least, std_errors[k]]))
        yield _row(key, value, error, fit.reference, condition=fit.condition, reason=fit.note)
        for quantity, value, scale in (
            ("std_error", std_errors[k], least),
            ("p_value", p_values[k], SMALL),
            ("ci_high", upper[k], error),
        ):
            yield _row(
                {**key, "quantity": quantity},
                float(value),
                scale,
                reference,
                condition=float(grown[k]) * (_growth(value) if quantity == "p_value" else 1.0),
                reason=fit.note,
                is_rounding=fit.is_exact,
            )
    if not COVARIANCES[errors.kind].is_stored:
        return
    key = number_key(fit.estimator, "critical_value", covariance=errors.kind)
    yield _row(key, quantile, 1.0, "scipy.stats", reason=fit.note)
    for i, j in np.ndindex(errors.matrix.shape):
        pair = f"{names[i]}, {names[j]}"
        least = SMALL**2 * fit.units[i] * fit.units[j]
        yield _row(
            number_key(fit.estimator, "covariance", covariance=errors.kind, term=pair),
            float(errors.matrix[i, j]),
            float(np.nanmax([least, std_errors[i] * std_errors[j]])),
            reference,
            condition=float(max(grown[i], grown[j])),
            reason=fit.note,
            is_rounding=fit.is_exact,
        )


def _growth(p_value: float) -> float:
    """By how much a relative error of a statistic grows in its p-value, down to ``SMALL``.

    ln p falls as t^2 / 2 and chi-squared / 2 do, so that d ln p / d ln t is about -2 ln p.
    """
    return max(1.0, -2.0 * float(np.log(max(p_value, SMALL)))) if np.isfinite(p_value) else 1.0


def _scalars(fit: Fit, panel: Panel) -> Iterator[Record]:
    """Numbers of a fit that belong to no term."""
    reference, note = fit.reference, fit.note
    for term in (*panel.omitted, *(t for t in fit.design.left_out if t in panel.terms)):
        key = number_key(fit.estimator, "coefficient", covariance="classical", term=term)
        yield _row(key, np.nan, 1.0, reference, reason="the rows leave nothing to estimate it by")
    for name in ("n_rows", "n_absorbed", "df_resid"):
        yield _row(number_key(fit.estimator, name), fit.scalars[name], 1.0, reference, reason=note)
    scales = {"ssr": SMALL * panel.outcome_sd**2 * len(panel.outcome)}
    spec = ESTIMATORS[fit.estimator]
    scales |= {"sigma_u": SMALL * panel.outcome_sd} if spec.has_sigma_u else {}
    scales |= {"sigma_e": SMALL * panel.outcome_sd} if spec.has_sigma_e else {}
    for name, scale in scales.items():
        yield _row(
            number_key(fit.estimator, name),
            fit.scalars[name],
            scale,
            reference,
            condition=fit.condition,
            reason=note,
            is_rounding=fit.is_exact,
        )
    for size, theta in fit.theta.items():
        key = number_key(fit.estimator, "theta", term=str(size))
        yield _row(key, theta, SMALL, reference, condition=fit.condition, is_rounding=fit.is_exact)
    condition = fit.design.condition_of_slopes
    key = number_key(fit.estimator, "condition_number")
    yield _row(key, condition, 1.0, "numpy on rows", condition=condition)
    shares = {name: _correlation(*pair) for name, pair in _fits(fit, panel).items()}
    own = shares["r_squared_overall"]
    if "r_squared" in fit.scalars:
        total = fit.scalars["r_squared"]
        own = (total, 1.0)
    for name, (value, lost) in {**shares, "r_squared": own}.items():
        source = reference if name == "r_squared" and "r_squared" in fit.scalars else ""
        yield _row(
            number_key(fit.estimator, name),
            value,
            SMALL,
            source or f"numpy on coefficients of {reference}",
            condition=fit.condition * lost,
            reason=note,
            is_rounding=fit.is_exact,
        )


def _fits(fit: Fit, panel: Panel) -> dict[str, tuple[FloatArray, FloatArray]]:
    """(n, 2) outcome and fit in deviations by kind, beside the same over all rows."""
    both = np.column_stack([panel.outcome, fit.fitted])
    overall = both - both.mean(axis=0)
    sums = [np.bincount(panel.partners, weights=column) for column in both.T]
    means = np.column_stack(sums) / panel.sizes[:, None]
    return {
        "r_squared_within": (both - means[panel.partners], overall),
        "r_squared_between": (means - means.mean(axis=0), overall),
        "r_squared_overall": (overall, overall),
    }


def _correlation(part: FloatArray, whole: FloatArray) -> tuple[float, float]:
    """Squared correlation, and by how much rounding of the whole grows in it."""
    squares = (part**2).mean(axis=0)
    if (squares <= 0.0).any():
        return float("nan"), 1.0
    value = float((part[:, 0] * part[:, 1]).mean()) ** 2 / float(squares.prod())
    return value, float(max(1.0, ((whole**2).mean(axis=0) / squares).max()))


def _test(test: RowTest, is_exact: bool) -> Iterator[Record]:
    key = number_key(test.estimator, test.name, covariance=test.covariance)
    for term, value in (("", test.value), ("p_value", test.p_value)):
        growth = _growth(value) if term else 1.0
        yield _row(
            {**key, "term": term},
            value,
            SMALL,
            test.reference,
            condition=test.condition * growth,
            reason=test.reason,
            is_rounding=is_exact,
        )
