"""Poisson pseudo maximum likelihood of a gravity model, with or without fixed effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from trade_potential.linalg import COLLINEARITY_TOLERANCE, FloatArray, collinear_columns
from trade_potential.ppml.demean import RANK_DEMEANED, DummyRanks, NotDemeanedError, demean
from trade_potential.ppml.describe import described
from trade_potential.ppml.levels import gram
from trade_potential.ppml.newton import solve_at_scale
from trade_potential.ppml.normal import Plan
from trade_potential.ppml.result import ESTIMATED, PpmlFit, Status
from trade_potential.ppml.sample import IntArray, Sample, read_sample
from trade_potential.ppml.separation import SEPARATION, Pruned, prune
from trade_potential.ppml.solve import Problem, solve
from trade_potential.precision import few_digits, refuse_squares

SCALE_ROWS = 20_000
"""Rows from which on effects are eliminated and not demeaned: where it begins to be felt, a tenth
of a second. Results are the same to 1e-9; decision 008."""

VANISHING = 1e-5
"""Share of the mean below which a fit to an outcome of 0 is suspect, if separation is not known."""

__all__ = ["ESTIMATED", "PpmlFit", "Status", "fit_ppml"]


def fit_ppml(
    rows: pd.DataFrame,
    *,
    outcome: str,
    regressors: Sequence[str],
    entity: str,
    time: str,
    effects: Sequence[tuple[str, ...]] = (),
    weights: str | None = None,
    scale_rows: int = SCALE_ROWS,
) -> PpmlFit:
    """Estimate E(y) = exp(x'b + effects) by the Poisson first-order conditions.

    Args:
        rows: One row for each (entity, time).
        outcome: Column of y >= 0, zeros included, in any unit.
        regressors: Columns of x; logarithms are the caller's.
        entity: First key column, and cluster.
        time: Second key column, and cluster.
        effects: Each a tuple of columns whose combinations are the levels; none: a constant.
        weights: Column of positive weights of the likelihood.
        scale_rows: Rows from which on the algorithms for large samples are used, see ``PpmlFit``.

    Raises:
        InputError: See ``read_sample``; or a regressor is too large or too small to square.

    Source: Santos Silva and Tenreyro (2006), eq. 9; Correia, Guimaraes and Zylkin (2020).
    """
    given = read_sample(
        rows,
        outcome=outcome,
        regressors=regressors,
        entity=entity,
        time=time,
        effects=effects,
        weights=weights,
    )
    del rows  # a caller who has let go of them has the memory back
    named = tuple(tuple(columns) for columns in effects)
    try:
        fit = _fit(given, named, at_scale=len(given) >= scale_rows and bool(named))
    except NotDemeanedError as error:
        empty = given.no_keys().assign(step="", reason="")
        fit = PpmlFit("not_converged", f"before the fit: {error}", empty, named)
    names = (key_name(entity), key_name(time))
    losses = fit.losses.rename(columns=dict(zip(("entity", "time"), names, strict=True)))
    return replace(fit, losses=losses, key_names=names)


def key_name(column: str) -> str:
    """Name of a key in the ledger, whose own columns are called step and reason."""
    return f"{column} (key)" if column in ("step", "reason") else column


def _fit(given: Sample, named: tuple[tuple[str, ...], ...], *, at_scale: bool) -> PpmlFit:
    unpruned = given.no_keys().assign(step="", reason="")
    if not len(given):
        return PpmlFit("no_rows", "there are no rows", unpruned, named)
    if not given.outcome.any():
        reason = f"all {len(given)} outcomes are 0"
        return PpmlFit("all_zero", reason, unpruned, named, n_obs=len(given))
    flat = [] if named else _flat_terms(given, at_scale=False)
    if flat:
        reason = f"{', '.join(flat)} does not vary over the sample"
        return PpmlFit("rank_deficient", reason, unpruned, named, n_obs=len(given))
    pruned = prune(given, at_scale=at_scale)
    sample = pruned.sample

    def refuse(status: Status, reason: str) -> PpmlFit:
        text = "; ".join(filter(None, [reason, pruned.note]))
        return PpmlFit(status, text, pruned.losses, named, n_obs=len(sample))

    if not len(sample):
        is_separated = (pruned.losses["step"] == SEPARATION).any()
        counts = pruned.losses["step"].value_counts()
        parts = ", ".join(f"{counts[step]} by {step}" for step in sorted(counts.index))
        return refuse("separated" if is_separated else "no_rows", f"no row is left: {parts}")
    x, mean, spread = sample.standardised()
    with np.errstate(over="ignore"):
        refuse_squares(sample.terms, spread**2, spread > 0.0)
    codes = sample.codes()
    plan = Plan.of(codes) if at_scale else None
    within = _within(x, codes, plan)
    absorbed, infinite = _left_out(
        given, pruned, _flat(sample.terms, within, spread), at_scale=at_scale
    )
    at = [k for k, t in enumerate(sample.terms) if t not in (*absorbed, *infinite)]
    kept = sample.select([sample.terms[k] for k in at])
    mean, spread, terms = mean[at], spread[at], kept.terms
    x, within = (part if len(at) == part.shape[1] else part[:, at] for part in (x, within))
    ranks = DummyRanks(list(codes.T))
    rank = ranks.rank()
    if len(kept) <= len(terms) + rank:
        lost = len(terms) + rank
        rest = len(kept) - lost
        reason = f"{len(kept)} rows for {lost} coefficients: {rest} residual degrees of freedom"
        return refuse("too_few_rows", reason)
    collinear = [terms[k] for k in collinear_columns(gram(within, np.ones(len(within))))]
    if collinear:
        reason = f"{', '.join(collinear)} is a linear combination of the regressors before it"
        if named:
            reason += " and the effects"
        if len(kept) < len(given):
            reason += ", once singletons and separated rows are dropped"
        return refuse("rank_deficient", reason)
    if not terms:
        return refuse("rank_deficient", _reason(absorbed, infinite, named) + "; none is left")
    size = _mean(kept.weights)
    unit = _mean(kept.outcome, kept.weights / size)
    problem = Problem(
        outcome=kept.outcome / unit,
        regressors=x if plan is None else within,
        codes=codes,
        weights=kept.weights / size,
    )
    del x, within
    solution = solve(problem) if plan is None else solve_at_scale(problem, plan)
    if solution.failure:
        return refuse("not_converged", solution.failure)
    vanishing = (kept.outcome == 0.0) & (solution.fitted < VANISHING)
    if pruned.note and vanishing.any():
        return refuse("not_converged", f"{vanishing.sum()} rows may be separated: fitted as 0")
    given_to = few_digits(terms, spread, spread, mean)
    reason = "; ".join(filter(None, [_reason(absorbed, infinite, named), pruned.note, given_to]))
    return described(
        PpmlFit(
            status="ok",
            reason=reason,
            losses=pruned.losses,
            effects=named,
            absorbed=absorbed,
            separated=infinite,
            df_resid=len(kept) - len(terms) - rank,
            algorithm="demeaning" if plan is None else "elimination",
        ),
        sample=kept,
        problem=problem,
        solution=solution,
        ranks=ranks,
        mean=mean,
        spread=spread,
        unit=unit,
        size=size,
    )


def _mean(values: FloatArray, weights: FloatArray | None = None) -> float:
    """Mean of values that are not negative, in units of the largest: a sum could be infinite."""
    largest = float(values.max())
    return largest * float(np.average(values / largest, weights=weights))


def _within(x: FloatArray, codes: IntArray, plan: Plan | None) -> FloatArray:
    """Regressors (N, p) less effects without weights; with a plan in place of ``x``."""
    if plan is None:
        return demean(x, codes, np.ones(len(x)), tolerance=RANK_DEMEANED)
    plan.at(np.ones(len(x))).demean(x, tolerance=RANK_DEMEANED)
    return x


def _flat_terms(sample: Sample, *, at_scale: bool) -> list[str]:
    """Regressors that effects absorb, or without effects do not vary."""
    x, _, spread = sample.standardised()
    codes = sample.codes()
    within = _within(x, codes, Plan.of(codes) if at_scale else None)
    return _flat(sample.terms, within, spread)


def _flat(terms: tuple[str, ...], within: FloatArray, spread: FloatArray) -> list[str]:
    """Those of standardised regressors of whose variance the effects leave nothing."""
    left = np.array([column @ column for column in within.T]) / max(len(within), 1)
    flat = (spread == 0.0) | (left < COLLINEARITY_TOLERANCE)
    return [term for term, is_flat in zip(terms, flat, strict=True) if is_flat]


def _left_out(
    given: Sample, pruned: Pruned, flat: list[str], *, at_scale: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Absorbed regressors, and those that vary on separated rows only."""
    if not flat or not (pruned.losses["step"] == SEPARATION).any():
        return tuple(flat), ()
    absorbed = _flat_terms(given.select(flat), at_scale=at_scale)
    return tuple(absorbed), tuple(term for term in flat if term not in absorbed)


def _reason(
    absorbed: tuple[str, ...], infinite: tuple[str, ...], named: tuple[tuple[str, ...], ...]
) -> str:
    sets = ", ".join("^".join(columns) for columns in named)
    parts = []
    if absorbed:
        parts.append(f"the effects of {sets} absorb {', '.join(absorbed)}")
    if infinite:
        parts.append(f"only separated rows tell the coefficient of {', '.join(infinite)}: infinite")
    return "; ".join(parts)
