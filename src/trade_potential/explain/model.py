"""From regressors and coefficients to the prediction, K and its interval."""

from __future__ import annotations

import math

import numpy as np

from trade_potential.explain.tables import Row, Tables
from trade_potential.explain.terms import gravity_terms
from trade_potential.explain.trace import Step, Trace
from trade_potential.inference.distributions import t_quantile

MART = "fct_trade_potential"
COEFFICIENTS = "fct_gravity_coefficients"
FITTED = "int_gravity__fitted"
COVARIANCES = "est_gravity_covariances"
CONSTANT = "const"
SLOTS = 21
"""Regressors that a specification may have: their means come behind them."""


def prediction(trace: Trace, tables: Tables, row: Row, values: dict[str, float]) -> float | None:
    """Coefficients times regressors, and predicted US$; the sum, or None without all parts.

    Args:
        trace: Gets the steps.
        tables: Where to read.
        row: Of fct_trade_potential.
        values: Regressors and means by term.
    """
    key = {name: row[name] for name in ("study_id", "spec_id", "estimator")}
    is_log, divisor = log_fit(tables, row)
    step = trace.step(
        "Coefficients x regressors",
        (COEFFICIENTS, FITTED if tables.is_warehouse else MART),
        "methodology section 5",
    )
    held = {r["term"]: r for r in tables.rows(COEFFICIENTS, **key)}
    total, largest, lacking = 0.0, 0.0, []
    for term, found in sorted(held.items(), key=lambda pair: (pair[0] != CONSTANT, pair[0])):
        if found["coefficient"] is None:
            step.read(term, None, f"{found['term_status']}: {found['reason'] or 'no coefficient'}")
            continue
        value = 1.0 if term == CONSTANT else values.get(term)
        if value is None:
            lacking.append(term)
            continue
        part = found["coefficient"] * value
        total, largest = total + part, max(largest, abs(part))
        step.read(term, part, coefficient=found["coefficient"], value=value)
    fitted = _fitted(tables, row, is_log, divisor)
    place = f"{FITTED}.predicted_outcome" if tables.is_warehouse else f"{MART}.predicted_usd"
    what = "predicted log of trade" if is_log else "predicted trade in the unit of the outcome"
    if lacking:
        step.read(what, fitted, f"of {place}")
        if fitted is not None:
            step.read("left for what is not here", fitted - total, "by difference, no check")
        step.missing.append(f"{', '.join(lacking)}: no regressor from a release, see above")
        total_or_none = fitted
    elif tables.is_warehouse:
        step.check(what, total, fitted, place, size=largest, note="their sum")
        total_or_none = total
    else:
        step.read(what, total, "their sum")
        step.read("of the mart", fitted, place)
        step.missing.append(
            "regressors of a release are those of the study, so that their sum may differ from the "
            f"mart; {FITTED} and int_gravity__ppml_sample of a warehouse are the model's own"
        )
        total_or_none = fitted
    _in_dollars(trace, row, total_or_none, is_log, divisor, largest)
    return total_or_none


def log_fit(tables: Tables, row: Row) -> tuple[bool, float]:
    """Whether the fit is a logarithm, and the US$ of a unit of the outcome."""
    spec = tables.one("dim_specification", spec_id=row["spec_id"]) or {}
    estimator = tables.one("dim_estimator", estimator=row["estimator"]) or {}
    is_log = spec.get("method") != "linear" or estimator.get("link") == "log"
    return is_log, float(spec.get("outcome_divisor_usd") or 1.0)


def _fitted(tables: Tables, row: Row, is_log: bool, divisor: float) -> float | None:
    if tables.is_warehouse:
        names = ("study_id", "spec_id", "estimator", "reporter_iso3", "partner_iso3", "year")
        found = tables.one(FITTED, **{name: row[name] for name in names})
        return found["predicted_outcome"] if found else None
    usd = row["predicted_usd"] / divisor
    if is_log:
        return math.log(usd) if usd > 0 else None
    return float(usd)


def _in_dollars(
    trace: Trace, row: Row, total: float | None, is_log: bool, divisor: float, largest: float
) -> None:
    step = trace.step("Predicted US$", (MART,), "methodology section 6")
    if total is None:
        step.read("predicted trade, US$", row["predicted_usd"])
        return
    value = (math.exp(total) if is_log else total) * divisor
    how = {
        "median_without_effects": "exp of the log: the median, without effects of the partner",
        "mean_without_effects": "the mean, without effects of the partner",
    }
    step.check(
        "predicted trade, US$",
        value,
        row["predicted_usd"],
        f"{MART}.predicted_usd",
        size=0.0 if is_log else largest * divisor,
        note=how.get(row["k_definition"], ""),
        unit_usd=divisor,
    )


def k_step(trace: Trace, tables: Tables, row: Row) -> None:
    """K, and K by the mean.

    Args:
        trace: Gets the step.
        tables: Where to read.
        row: Of fct_trade_potential.
    """
    step = trace.step("K", (MART,), "methodology section 6; Duan (1983) for the smearing factor")
    actual, predicted = row["actual_usd"], row["predicted_usd"]
    k = actual / predicted if predicted else None
    step.check(
        "K = actual / predicted",
        k,
        row["k_ratio"],
        f"{MART}.k_ratio",
        actual_usd=actual,
        predicted_usd=predicted,
    )
    status = "ok" if predicted > 0 else "prediction_not_positive"
    step.check("status", status, row["k_status"], f"{MART}.k_status")
    if status != "ok":
        step.missing.append("a prediction of 0 or less: K means nothing, and there is no class")
    log = math.log(k) if k and k > 0 and predicted > 0 else None
    step.check("ln K", log, row["k_log_ratio"], f"{MART}.k_log_ratio")
    if k is None:
        return
    key = {name: row[name] for name in ("study_id", "spec_id", "estimator")}
    factor = 1.0
    if row["k_definition"] == "median_without_effects":
        factor = tables.number("avg(actual_usd / predicted_usd)", MART, **key)
    step.check(
        "K of the mean",
        k / factor,
        row["k_mean_ratio"],
        f"{MART}.k_mean_ratio",
        note="K / smearing factor",
        smearing_factor=factor,
    )


def interval(trace: Trace, tables: Tables, row: Row, values: dict[str, float]) -> None:
    """The interval of K: how well the regression line is known.

    Args:
        trace: Gets the step.
        tables: Where to read.
        row: Of fct_trade_potential.
        values: Regressors and means by term.
    """
    step = trace.step("Interval of K", (MART, COEFFICIENTS, COVARIANCES), "methodology section 6")
    step.read("covariance", row["interval_covariance"])
    error = row["k_log_ratio_se"]
    if error is None:
        step.missing.append("no interval: the prediction is not positive")
        return
    is_log, divisor = log_fit(tables, row)
    fit = 1.0 if is_log else row["predicted_usd"] / divisor
    key = {name: row[name] for name in ("study_id", "spec_id", "estimator")}
    held = tables.one(COEFFICIENTS, **key, covariance=row["interval_covariance"], term=CONSTANT)
    spec = tables.one("dim_specification", spec_id=row["spec_id"]) or {}
    level = spec.get("confidence_level") or 0.95
    df = held["df"] if held and held["distribution"] == "t" else math.inf
    quantile = t_quantile((1 + level) / 2, df)
    if tables.is_warehouse:
        _error(step, tables, row, values, error * abs(fit))
    else:
        step.read("standard error of ln K", error)
        step.missing.append(f"x'Vx behind the standard error: V is in {COVARIANCES} of a warehouse")
    margin = quantile * error * fit
    k = row["k_ratio"]
    if is_log:
        ends = (k * math.exp(-margin), k * math.exp(margin))
    elif fit > margin:
        ends = (k * fit / (fit + margin), k * fit / (fit - margin))
    else:
        step.missing.append("no interval: that of the prediction reaches 0")
        return
    for name, value in zip(("low", "high"), ends, strict=True):
        step.check(
            f"{level:.0%} interval, {name}",
            value,
            row[f"k_ratio_ci_{name}"],
            f"{MART}.k_ratio_ci_{name}",
            quantile=quantile,
            se=error,
        )


def _error(step: Step, tables: Tables, row: Row, values: dict[str, float], stored: float) -> None:
    """sqrt(x'Vx) beside the standard error of the mart."""
    key = {name: row[name] for name in ("study_id", "spec_id", "estimator")}
    held = tables.one(COVARIANCES, **key, covariance=row["interval_covariance"])
    if held is None:
        step.missing.append(f"no row of {COVARIANCES}")
        return
    x = np.zeros(2 * SLOTS + 1)
    x[0] = 1.0
    for term in gravity_terms(tables, row["spec_id"]):
        x[term.position] = values.get(term.term, 0.0)
        x[SLOTS + term.position] = values.get(f"mean({term.term})", 0.0)
    size = len(x)
    v = np.array(
        [[held[f"c_{min(i, j)}_{max(i, j)}"] or 0.0 for j in range(size)] for i in range(size)]
    )
    parts = np.abs(np.outer(x, x) * v).max()
    step.check(
        "standard error of the prediction",
        math.sqrt(max(0.0, float(x @ v @ x))),
        stored,
        f"{MART}.k_log_ratio_se",
        note="sqrt(x'Vx)",
        size=float(parts) / max(stored, 1e-6),
    )
