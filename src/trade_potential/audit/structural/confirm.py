"""One published world estimate beside what the gated inputs say of it."""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.special import xlogy

from trade_potential.audit.structural.cells import Cells
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.optimum import Optimum, optimum, predicted_usd
from trade_potential.audit.structural.published import Published
from trade_potential.linalg import FloatArray

SUMS = 1e-9
"""Of score equations: sums of 200 to 500,000 doubles lose 1e-13, a wrong slope or effect more."""

NUMBERS = 1e-8
"""Two exact formulas in double precision, as everywhere in the audit."""

UNEXPLAINED = 1e-9
"""A regressor has no coefficient where the others and the effects leave less of its variance."""

SMALL = 1e-6
"""p-values below are compared with it, not with themselves; errors below this share of a slope are
rounding of an exact fit."""

ROWS = "numpy on the gated inputs"
PROJECTED = "alternating projections on the gated inputs"
CLUSTERED = "clustered"
SIDES = ("exporter", "importer")


def confirm(found: Findings, cells: Cells, published: Published, *, level: float) -> Optimum | None:
    """Add every number of an estimate but the predictions with a pair left out.

    Args:
        found: Takes the rows.
        cells: Made from the gated inputs, with every regressor of the specification.
        published: The tables, laid on these cells.
        level: Of intervals.

    Returns:
        The optimum beside the slopes and effects, where there are any.
    """
    _sizes(found, cells, published)
    coefficients = published.coefficients["coefficient"].reindex(list(cells.terms))
    named = coefficients.index[np.isfinite(coefficients.to_numpy(dtype=float))].tolist()
    if not named:
        _status(found, cells, published)
        return None
    kept, slopes = cells.only(named), coefficients[named].to_numpy(dtype=float)
    effects = [published.effects[side, "log_effect"] for side in SIDES]
    again = predicted_usd(kept, slopes, *effects)
    found.largest(
        "predicted_usd",
        published.predicted,
        np.where(cells.is_cell, again, np.nan),
        named=cells.named,
        tolerance=NUMBERS,
        reference=f"{ROWS}, slopes and effects",
    )
    _score_equations(found, kept, np.nan_to_num(published.predicted))
    _effects(found, kept, published, slopes)
    optimal = optimum(kept, slopes, again)
    _absorbed(found, cells, kept, again, optimal)
    _coefficients(found, kept, published, optimal, level)
    _likelihood(found, kept, published, again)
    return optimal


def _sizes(found: Findings, cells: Cells, published: Published) -> None:
    """Counts of what is estimated, and rows of tables that belong to none of it."""
    counts = {
        "n_obs": cells.is_cell.sum(),
        "n_zero": (cells.is_cell & (cells.trade == 0.0)).sum(),
        "n_pairs": len(cells.pairs()[0]),
        "n_exporter_years": cells.is_cell.any(axis=2).sum(),
        "n_importer_years": cells.is_cell.any(axis=1).sum(),
    }
    for quantity, count in counts.items():
        given = published.fit[quantity]
        found.number(
            quantity,
            np.nan if given is None else float(given),
            float(count),
            tolerance=0.0,
            reference=ROWS,
        )
    for table, count in published.strangers.items():
        found.number(
            "n_unknown_rows",
            float(count),
            0.0,
            term=table,
            tolerance=0.0,
            reference=ROWS,
            reason="rows of cells or effects that the inputs do not give, or that stand twice",
        )


def _status(found: Findings, cells: Cells, published: Published) -> None:
    """An estimate without numbers: whether there is none is seen where nothing is left to use."""
    status, reason = str(published.fit["status"]), str(published.fit["reason"])
    is_empty = not cells.trade.any()
    found.number("status", np.nan, np.nan, term=status, tolerance=0.0, reference=ROWS)
    found.rows[-1]["status"] = "agrees" if is_empty else "not_compared"
    found.rows[-1]["reason"] = reason


def _score_equations(found: Findings, cells: Cells, predicted: FloatArray) -> None:
    """Of effects, sums over partners; of slopes, sums of each regressor over all cells."""
    for side, axis in zip(SIDES, (2, 1), strict=True):
        has = cells.is_cell.any(axis=axis)
        found.largest(
            "sum_over_partners_usd",
            np.where(has, predicted.sum(axis=axis), np.nan),
            np.where(has, cells.trade.sum(axis=axis), np.nan),
            named=cells.named_side,
            term=side,
            tolerance=SUMS,
            reference=ROWS,
        )
    flat = cells.x.reshape(len(cells.terms), -1)
    sums = (flat @ predicted.ravel(), flat @ cells.trade.ravel())
    sizes = np.abs(flat) @ cells.trade.ravel()
    for k, term in enumerate(cells.terms):
        found.number(
            "score",
            float(sums[0][k]),
            float(sums[1][k]),
            term=term,
            scale=float(sizes[k]),
            tolerance=SUMS,
            reference=ROWS,
            reason="sums of regressor times prediction and times trade",
        )


def _effects(found: Findings, cells: Cells, published: Published, slopes: FloatArray) -> None:
    """Each effect from the slopes and the effects of the other side, and the trade beside it."""
    exporters, importers = (published.effects[side, "log_effect"] for side in SIDES)
    factor = np.exp(np.tensordot(slopes, cells.x, axes=1)) * cells.is_cell
    exports, imports = cells.trade.sum(axis=2), cells.trade.sum(axis=1)
    out, into = (np.nan_to_num(np.exp(effects)) for effects in (exporters, importers))
    with np.errstate(divide="ignore", invalid="ignore"):
        solved = {
            "exporter": np.log(exports / np.einsum("tij,tj->ti", factor, into)),
            "importer": np.log(imports / np.einsum("tij,ti->tj", factor, out)),
        }
    for side, trade in zip(SIDES, (exports, imports), strict=True):
        has = trade > 0.0
        found.largest(
            "log_effect",
            published.effects[side, "log_effect"],
            np.where(has, solved[side], np.nan),
            named=cells.named_side,
            scale=1.0,
            term=side,
            tolerance=SUMS,
            reference=f"{ROWS}, slopes and the other effects",
        )
        found.largest(
            "trade_usd",
            published.effects[side, "trade_usd"],
            np.where(has, trade, np.nan),
            named=cells.named_side,
            term=side,
            tolerance=SUMS,
            reference=ROWS,
        )
    used = imports.any(axis=1)
    largest = np.take_along_axis(importers, imports.argmax(axis=1)[:, None], axis=1)[:, 0]
    found.number(
        "n_base_importers",
        float((largest[used] == 0.0).sum()),
        float(used.sum()),
        tolerance=0.0,
        reference=ROWS,
        reason="years whose largest importer has effect 0",
    )


def _absorbed(
    found: Findings, cells: Cells, kept: Cells, predicted: FloatArray, optimal: Optimum
) -> None:
    """Regressors without a coefficient: whether the others and the effects explain them."""
    for term in (term for term in cells.terms if term not in kept.terms):
        alone = cells.only([term])
        left = optimum(alone, np.zeros(1), predicted).left[0]
        cross = (optimal.left * predicted).reshape(len(kept.terms), -1) @ left.ravel()
        rest = float((left**2 * predicted).sum()) - cross @ optimal.bread @ cross
        share = rest / float((alone.x[0] ** 2 * predicted).sum() or 1.0)
        found.number(
            "coefficient",
            np.nan,
            np.nan if share <= UNEXPLAINED else 0.0,
            term=term,
            covariance=CLUSTERED,
            tolerance=NUMBERS,
            reference=PROJECTED,
            reason=f"{max(share, 0.0):.1e} of its squares are left by the others and the effects",
        )


def _coefficients(
    found: Findings, cells: Cells, published: Published, optimal: Optimum, level: float
) -> None:
    """Slopes after one more step of Newton, their clustered errors and what follows from both."""
    errors = np.sqrt(np.diag(optimal.covariance))
    quantile = float(stats.norm.ppf(0.5 + level / 2.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = 2.0 * stats.norm.sf(np.abs(optimal.slopes / errors))
    rows = {name: published.coefficients[name].to_dict() for name in published.coefficients}
    for k, term in enumerate(cells.terms):
        for quantity, column, value, scale in (
            ("coefficient", "coefficient", optimal.slopes[k], errors[k]),
            ("std_error", "std_error", errors[k], SMALL * abs(optimal.slopes[k])),
            ("p_value", "p_value", p_values[k], SMALL),
            ("ci_low", "ci_low", optimal.slopes[k] - quantile * errors[k], errors[k]),
            ("ci_high", "ci_high", optimal.slopes[k] + quantile * errors[k], errors[k]),
        ):
            found.number(
                quantity,
                float(rows[column][term]),
                float(value),
                term=term,
                covariance=CLUSTERED,
                scale=float(np.nan_to_num(scale)),
                tolerance=NUMBERS,
                reference=PROJECTED,
            )
    least = np.maximum(np.nan_to_num(errors), SMALL * np.abs(optimal.slopes))
    at = [published.terms.index(term) for term in cells.terms]
    found.largest(
        "covariance",
        published.covariance[np.ix_(at, at)],
        optimal.covariance,
        named=lambda place: ", ".join(cells.terms[k] for k in divmod(place, len(cells.terms))),
        covariance=CLUSTERED,
        scale=np.outer(least, least),
        tolerance=NUMBERS,
        reference=PROJECTED,
    )


def _likelihood(found: Findings, cells: Cells, published: Published, predicted: FloatArray) -> None:
    """Deviance, and its share that the estimate takes from that of a constant."""
    trade, fit = cells.trade[cells.is_cell], predicted[cells.is_cell]
    own, of_constant = (
        2.0 * float((xlogy(trade, trade) - xlogy(trade, mean) - (trade - mean)).sum())
        for mean in (fit, np.full(trade.shape, trade.mean()))
    )
    for quantity, value in (("deviance", own), ("deviance_r_squared", 1.0 - own / of_constant)):
        found.number(
            quantity, float(published.fit[quantity]), value, tolerance=NUMBERS, reference=ROWS
        )
