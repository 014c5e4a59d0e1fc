"""Every published number of PPML beside its second computation by statsmodels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from trade_potential.audit.compare import COLUMNS, TOLERANCE, compare
from trade_potential.audit.covariances import wald
from trade_potential.audit.ppml_solution import Recomputed, recompute_ppml
from trade_potential.audit.published import (
    NUMBER,
    SPEC,
    Record,
    number_key,
    published_numbers,
)
from trade_potential.errors import InputError
from trade_potential.inference import CONSTANT
from trade_potential.inference.left_out import WITHOUT_COEFFICIENT
from trade_potential.inference.registry import COVARIANCES
from trade_potential.inference.wald import too_few
from trade_potential.linalg import COLLINEARITY_TOLERANCE, FloatArray
from trade_potential.precision import is_constant
from trade_potential.results.build import terms_by_spec
from trade_potential.results.gravity import Tables
from trade_potential.results.ppml import PAIR, PPML_EFFECTS, PUBLISHED, YEAR, ppml_rows

REFERENCE = "statsmodels.GLM on dummies"
SQUARE = "square of the prediction"
FILE = ["recomputed", "scale", "condition", "reference", "reason", "is_rounding"]


def audit_ppml(
    sample: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    tables: Tables,
    *,
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """Compute the published numbers of PPML again, on the rows that it kept.

    Args:
        sample: Rows of int_gravity__ppml_sample.
        terms: spec_id, term, position.
        specifications: spec_id, confidence_level.
        tables: Of PPML.
        tolerance: Largest relative difference of numbers that agree; see ``compare``.

    Returns:
        As ``audit.gravity.audit_gravity``. An estimator without numbers, or too large for dense
        dummies, is not compared.
    """
    names = terms_by_spec(terms)
    levels = dict(zip(specifications["spec_id"], specifications["confidence_level"], strict=True))
    samples = dict(list(sample.groupby(SPEC)))
    published = published_numbers(tables, names)
    parts: list[pd.DataFrame] = []
    for key, held in published.groupby([*SPEC, "estimator"]):
        study_id, spec_id, estimator = (str(part) for part in key)
        fits, coefficients, losses = (
            frame[(frame[[*SPEC, "estimator"]] == list(key)).all(axis=1)]
            for frame in (tables.fits, tables.coefficients, tables.losses)
        )
        rows, said = samples.get((study_id, spec_id)), ""
        status = fits["status"].item()
        if status != "ok" or rows is None:
            said = f"PPML has no numbers: {status}"
        else:
            kept = _kept(ppml_rows(rows, names[spec_id]), losses)
            has_one = ~coefficients["term_status"].isin(WITHOUT_COEFFICIENT)
            found = set(coefficients.loc[has_one, "term"])
            estimated = [t for t in names[spec_id] if t in found]
            try:
                theirs = _recomputed(kept, estimated, estimator, float(levels[spec_id]))
                gone = [t for t in names[spec_id] if t not in estimated]
                theirs = pd.concat([theirs, _explained(kept, gone, estimated, estimator)])
            except InputError as error:
                said = str(error)
        if said:
            part = held[[*NUMBER, "published"]].assign(
                tolerance=tolerance, reference="none", status="not_compared", reason=said
            )
        else:
            part = compare(held, theirs, tolerance=tolerance)
        parts.append(part.assign(study_id=study_id, spec_id=spec_id))
    result = pd.concat(parts) if parts else pd.DataFrame()
    return result.reindex(columns=list(COLUMNS)).astype(COLUMNS).reset_index(drop=True)


def _kept(rows: pd.DataFrame, losses: pd.DataFrame) -> pd.DataFrame:
    """Rows without those in the ledger of the estimator."""
    lost = set(zip(losses["pair_id"], losses["year"], strict=True))
    is_kept = [key not in lost for key in zip(rows[PAIR], rows[YEAR], strict=True)]
    return rows[is_kept].reset_index(drop=True)


def _explained(
    rows: pd.DataFrame, terms: list[str], estimated: list[str], estimator: str
) -> pd.DataFrame:
    """A row without a number for each of ``terms`` that leaves nothing to estimate it by."""
    dummies = [
        pd.get_dummies(rows.groupby(list(c)).ngroup(), dtype=float) for c in PPML_EFFECTS[estimator]
    ]
    x = rows[[*terms, *estimated]].to_numpy(dtype=float)
    mean, spread = x.mean(axis=0), x.std(axis=0)
    flat = is_constant(spread, mean)
    x = np.where(flat, 0.0, (x - mean) / np.where(flat, 1.0, spread))
    fixed = np.hstack([np.ones((len(x), 1)), *dummies])
    designs = {
        "the dummies of the effects explain it": fixed,
        "the regressors beside it explain it": np.hstack([fixed, x[:, len(terms) :]]),
    }
    found: list[Record] = []
    for term, column, does_not_vary in zip(terms, x.T, flat, strict=False):
        said = "it does not vary" if does_not_vary else _explains(column, designs)
        if said:
            key = number_key(estimator, "coefficient", covariance=PUBLISHED[0], term=term)
            found.append({**key, "reason": said})
    constants = {
        "recomputed": np.nan,
        "scale": 1.0,
        "condition": 1.0,
        "is_rounding": False,
        "reference": "numpy on dummies",
    }
    return pd.DataFrame([{**row, **constants} for row in found], columns=[*NUMBER, *FILE])


def _explains(column: FloatArray, designs: dict[str, FloatArray]) -> str:
    """The first design that leaves nothing of a standardised column; empty where none does."""
    for said, design in designs.items():
        left = column - design @ np.linalg.lstsq(design, column, rcond=None)[0]
        if float(left @ left) <= COLLINEARITY_TOLERANCE * len(column):
            return said
    return ""


def _recomputed(rows: pd.DataFrame, terms: list[str], estimator: str, level: float) -> pd.DataFrame:
    """Every published number from the rows."""

    def fit(frame: pd.DataFrame, names: list[str]) -> Recomputed:
        return recompute_ppml(
            frame,
            outcome="outcome",
            terms=names,
            entity=PAIR,
            time=YEAR,
            effects=PPML_EFFECTS[estimator],
        )

    plain = fit(rows, terms)
    eta = np.log(plain.fitted)
    wider = fit(rows.assign(**{SQUARE: (eta - eta.mean()) ** 2 / eta.var()}), [*terms, SQUARE])
    found: list[Record] = [
        {**number_key(estimator, name), "recomputed": value, "scale": scale}
        for name, value, scale in _of_fit(plain, rows)
    ]
    groups = {"clustered": rows[PAIR].nunique()}
    groups["clustered_twoway"] = min(groups["clustered"], rows[YEAR].nunique())
    for kind in PUBLISHED:
        is_few = bool(too_few(groups.get(kind, len(rows)), "clusters", len(plain.terms)))
        found += _of_kind(plain, wider, estimator, kind, level, is_few=is_few)
    constants = {"condition": 1.0, "reference": REFERENCE, "reason": "", "is_rounding": False}
    return pd.DataFrame([{**constants, **row} for row in found], columns=[*NUMBER, *FILE])


def _of_fit(plain: Recomputed, rows: pd.DataFrame) -> Iterator[tuple[str, float, float]]:
    """Sizes and measures of fit, with what their rounding is a share of."""
    outcome = rows["outcome"].to_numpy(dtype=float)
    varies = not is_constant(plain.fitted.std(), plain.fitted.mean())
    yield "n_obs", len(rows), 1.0
    yield "n_entities", rows[PAIR].nunique(), 1.0
    yield "n_zeros", int((outcome == 0.0).sum()), 1.0
    yield "df_resid", len(rows) - plain.rank, 1.0
    yield "r_squared", np.corrcoef(outcome, plain.fitted)[0, 1] ** 2 if varies else np.nan, 1.0
    yield "deviance", plain.deviance, float(outcome.sum())
    yield "log_likelihood", plain.log_likelihood, float(outcome.sum())
    yield "pseudo_r_squared", 1.0 - plain.log_likelihood / plain.of_constant, 1.0


def _of_kind(
    plain: Recomputed, wider: Recomputed, estimator: str, kind: str, level: float, *, is_few: bool
) -> Iterator[Record]:
    """Coefficients, covariance and tests by one covariance."""
    matrix, names = plain.covariances[kind], plain.terms
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(np.diag(matrix))
    quantile = float(stats.norm.ppf(0.5 + level / 2.0))
    is_kept = COVARIANCES[kind].is_stored
    if is_kept:
        key = number_key(estimator, "critical_value", covariance=kind)
        yield {**key, "recomputed": quantile, "scale": 1.0}
    for i, (name, value, error) in enumerate(zip(names, plain.coefficients, errors, strict=True)):
        key = number_key(estimator, "coefficient", covariance=kind, term=name)
        p_value = 2.0 * float(stats.norm.sf(abs(value / error)))
        yield {**key, "recomputed": value, "scale": error}
        yield {**key, "quantity": "std_error", "recomputed": error, "scale": error}
        yield {**key, "quantity": "p_value", "recomputed": p_value, "scale": 1.0}
        high = value + quantile * error
        yield {**key, "quantity": "ci_high", "recomputed": high, "scale": error}
        for j, other in enumerate(names if is_kept else ()):
            pair = number_key(estimator, "covariance", covariance=kind, term=f"{name}, {other}")
            yield {**pair, "recomputed": matrix[i, j], "scale": error * errors[j]}
    first = 1 if CONSTANT in names else 0
    joint = wald(plain.coefficients[first:], matrix[first:, first:], np.inf)
    form = wald(wider.coefficients[-1:], wider.covariances[kind][-1:, -1:], np.inf)
    for name, test in (("joint_significance", joint), ("reset", form)):
        key = number_key(estimator, name, covariance=kind)
        common = {"scale": 1.0, "condition": 1.0 if is_few else test.condition}
        statistic, p_value = (np.nan, np.nan) if is_few else (test.statistic, test.p_value)
        yield {**key, **common, "recomputed": statistic}
        yield {**key, **common, "term": "p_value", "recomputed": p_value}
