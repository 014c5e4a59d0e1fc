"""Numbers of the gravity models as rows: those published, and those computed again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.panel import Panel
from trade_potential.audit.reestimate import Fit, Refusal, reestimate
from trade_potential.audit.row_tests import breusch_pagan_lm, f_effects, hausman
from trade_potential.gravity.estimate import CONSTANT, ESTIMATED, ESTIMATORS

SMALL = 1e-6
"""Numbers below this share of their natural unit are compared with it, not with themselves."""

CLUSTERED_LOSS = 100.0
"""Clustered errors lose more digits to collinearity: their scores rest on residuals that have lost
theirs. Measured: 260 epsilon x condition at a condition number of 8e8, 38 at 8e6."""

SPEC = ["study_id", "spec_id"]
NUMBER = ["estimator", "covariance", "quantity", "term"]
_ITEMS = ["estimator", "coefficient", "covariance", "diagnostic", "theta", "test"]
_SCALARS = ("ssr", "df_resid", "sigma_u", "sigma_e")
_RECOMPUTED = ["recomputed", "scale", "condition", "reference", "reason", "is_rounding"]
Record = dict[str, Any]


def _number(estimator: str, quantity: str, *, covariance: str = "", term: str = "") -> Record:
    return {"estimator": estimator, "covariance": covariance, "quantity": quantity, "term": term}


def published_numbers(estimates: pd.DataFrame, clustered: pd.DataFrame) -> pd.DataFrame:
    """One row per published number that is to be compared.

    Args:
        estimates: Rows of est_gravity.
        clustered: Rows of est_gravity_covariance.

    Returns:
        ``SPEC``, ``NUMBER``, published. An estimator without numbers has one row of the quantity
        ``status``, an absorbed regressor and a test that is not available one without a number.
    """
    rows: list[Record] = []
    text = [*SPEC, "estimator", "covariance", "item", "name", "col_name", "status"]
    for table in (estimates, clustered):
        held = table[table["item"].isin(_ITEMS)]
        held = held.assign(**{name: held[name].astype(object).fillna("") for name in text})
        for row in held.to_dict("records"):
            spec = {key: row[key] for key in SPEC}
            rows += [{**spec, **number} for number in _published(row)]
    return pd.DataFrame(rows, columns=[*SPEC, *NUMBER, "published"])


def _published(row: dict[Any, Any]) -> Iterator[Record]:
    """Numbers in one row of est_gravity."""
    estimator, item, name = str(row["estimator"]), row["item"], str(row["name"])
    if item == "estimator" and row["status"] not in ESTIMATED:
        yield {**_number(estimator, "status"), "published": np.nan}
    elif item == "coefficient":
        kind = str(row["covariance"])
        number = _number(estimator, "coefficient", covariance=kind, term=name)
        yield {**number, "published": row["value"]}
        if row["status"] != "absorbed":
            yield {**number, "quantity": "std_error", "published": row["std_error"]}
    elif item == "covariance":
        pair = f"{name}, {row['col_name']}"
        number = _number(estimator, item, covariance=str(row["covariance"]), term=pair)
        yield {**number, "published": row["value"]}
    elif item == "diagnostic" and name in _SCALARS:
        if estimator in ("within", "random") or not name.startswith("sigma"):
            yield {**_number(estimator, name), "published": row["value"]}
    elif item == "theta" and estimator == "random":  # of the others it is 0 or 1 by definition
        size = str(int(row["group_size"]))
        yield {**_number(estimator, "theta", term=size), "published": row["value"]}
    elif item == "test":
        yield {**_number("", name), "published": row["statistic"]}


def recomputed_numbers(sample: pd.DataFrame, terms: tuple[str, ...]) -> pd.DataFrame:
    """The same numbers from the rows of one specification.

    Returns:
        ``NUMBER``, recomputed, scale (a published number is not compared with less than this),
        condition, reference, reason, is_rounding (nothing but rounding is left of the residuals).
    """
    if sample.empty:
        refusals = [Refusal(name, "rows", "the sample has no rows") for name in ESTIMATORS]
        nothing = [row for refusal in refusals for row in _refusal_rows(refusal)]
        return pd.DataFrame(nothing, columns=[*NUMBER, *_RECOMPUTED])
    panel = Panel.of(sample, terms)
    fits = reestimate(panel)
    rows: list[Record] = []
    for fit in fits.values():
        rows += _refusal_rows(fit) if isinstance(fit, Refusal) else _fit_rows(fit, panel)
    tests = (
        f_effects(fits["within"], len(panel.sizes)),
        breusch_pagan_lm(panel, fits["pooled"]),
        hausman(fits["within"], fits["random"]),
    )
    exact = any(isinstance(fit, Fit) and fit.is_exact for fit in fits.values())
    rows += [
        {
            **_number("", test.name),
            "recomputed": test.value,
            "scale": SMALL,
            "condition": test.condition,
            "reference": test.reference,
            "reason": test.reason,
            "is_rounding": exact,
        }
        for test in tests
    ]
    return pd.DataFrame(rows, columns=[*NUMBER, *_RECOMPUTED])


def _refusal_rows(refusal: Refusal) -> Iterator[Record]:
    yield {
        **_number(refusal.estimator, "status"),
        "recomputed": np.nan,
        "scale": 1.0,
        "condition": refusal.condition,
        "reference": refusal.reference,
        "reason": refusal.reason,
        "is_rounding": False,
    }


def _fit_rows(fit: Fit, panel: Panel) -> Iterator[Record]:
    common = {"condition": fit.condition, "reference": fit.reference, "reason": fit.note}
    rough = {**common, "is_rounding": fit.is_exact}
    for kind, covariance in fit.covariances.items():
        std_errors = np.sqrt(np.diag(covariance))
        names = (CONSTANT, *fit.terms)
        loss = CLUSTERED_LOSS if kind == "clustered" else 1.0
        rough["condition"] = fit.condition * loss
        for i, j in np.ndindex(covariance.shape):
            pair = f"{names[i]}, {names[j]}"
            yield {
                **_number(fit.estimator, "covariance", covariance=kind, term=pair),
                **rough,
                "recomputed": covariance[i, j],
                "scale": max(std_errors[i] * std_errors[j], SMALL**2 * fit.units[i] * fit.units[j]),
            }
        for k, term in enumerate(names):
            number = _number(fit.estimator, "coefficient", covariance=kind, term=term)
            least = SMALL * fit.units[k]
            yield {
                **number,
                **common,
                "recomputed": fit.coefficients[k],
                "scale": np.nanmax([least, std_errors[k]]),
                "is_rounding": False,
            }
            number["quantity"] = "std_error"
            yield {**number, **rough, "recomputed": std_errors[k], "scale": least}
    rough["condition"] = fit.condition
    for term in fit.absorbed:
        yield {
            **_number(fit.estimator, "coefficient", covariance="classical", term=term),
            **common,
            "recomputed": np.nan,
            "scale": 1.0,
            "reason": "does not vary within partners on the rows",
            "is_rounding": False,
        }
    scales = {
        "ssr": SMALL * panel.outcome_sd**2 * len(panel.outcome),
        "df_resid": 1.0,
        "sigma_u": SMALL * panel.outcome_sd,
        "sigma_e": SMALL * panel.outcome_sd,
    }
    for name, scale in scales.items():
        if name in fit.scalars:
            row = {**_number(fit.estimator, name), **rough}
            yield {**row, "recomputed": fit.scalars[name], "scale": scale}
    for size, theta in fit.theta.items():
        row = {**_number(fit.estimator, "theta", term=str(size)), **rough}
        yield {**row, "recomputed": theta, "scale": SMALL}
