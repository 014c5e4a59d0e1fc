"""Poisson pseudo maximum likelihood of a gravity model, with or without fixed effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from trade_potential.inference.left_out import BEYOND_DOUBLES, CONSTANT_REGRESSOR
from trade_potential.inference.registry import Correction
from trade_potential.linalg import FloatArray, IntArray
from trade_potential.ppml.columns import Columns
from trade_potential.ppml.demean import RANK_DEMEANED, DummyRanks, NotDemeanedError, demean
from trade_potential.ppml.describe import described
from trade_potential.ppml.left_out import Redundant, left_out
from trade_potential.ppml.newton import solve_at_scale
from trade_potential.ppml.normal import Plan
from trade_potential.ppml.result import ESTIMATED, PpmlFit, Status, refused
from trade_potential.ppml.sample import Sample, read_sample
from trade_potential.ppml.separation import SEPARATION, prune
from trade_potential.ppml.solve import Problem, solve
from trade_potential.precision import CONSTANT_TOLERANCE, few_digits, location, refuse_squares

SCALE_ROWS = 20_000
"""Rows from which on effects are eliminated and not demeaned: where it begins to be felt, a tenth
of a second. Results are the same to 1e-9; decision 008."""

VANISHING = 1e-5
"""Share of the mean below which a fit to an outcome of 0 is suspect, if separation is not known."""

__all__ = ["ESTIMATED", "PpmlFit", "Status", "fit_ppml", "fit_sample"]


def fit_ppml(
    rows: pd.DataFrame,
    *,
    outcome: str,
    regressors: Sequence[str],
    entity: str,
    time: str,
    effects: Sequence[tuple[str, ...]] = (),
    weights: str | None = None,
    correction: Correction = "small_sample",
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
        correction: Of the covariances, for small samples; see ``covariance``.
        scale_rows: Rows from which on the algorithms for large samples are used, see ``PpmlFit``.

    Raises:
        InputError: See ``read_sample``; or a regressor is too large or too small to square.

    Source: Santos Silva and Tenreyro (2006), eq. 9; Correia, Guimaraes and Zylkin (2020).
    """
    given = read_sample(rows, Columns(outcome, regressors, entity, time, effects, weights))
    del rows  # a caller who has let go of them has the memory back
    return fit_sample(given, correction=correction, scale_rows=scale_rows)


def fit_sample(
    given: Sample, *, correction: Correction = "small_sample", scale_rows: int = SCALE_ROWS
) -> PpmlFit:
    """Estimate as ``fit_ppml`` does, from rows that are arrays already."""
    named = tuple(effect.columns for effect in given.effects)
    try:
        at_scale = len(given) >= scale_rows and bool(named)
        fit = _fit(given, named, correction, at_scale=at_scale)
    except NotDemeanedError as error:
        empty = given.no_keys().assign(step="", reason="")
        fit = refused("not_converged", f"before the fit: {error}", empty, named, given)
    names = (key_name(given.key_names[0]), key_name(given.key_names[1]))
    losses = fit.losses.rename(columns=dict(zip(("entity", "time"), names, strict=True)))
    return replace(fit, losses=losses, key_names=names)


def key_name(column: str) -> str:
    """Name of a key in the ledger, whose own columns are called step and reason."""
    return f"{column} (key)" if column in ("step", "reason") else column


def _fit(
    given: Sample,
    named: tuple[tuple[str, ...], ...],
    correction: Correction,
    *,
    at_scale: bool,
) -> PpmlFit:
    unpruned = given.no_keys().assign(step="", reason="")
    if not len(given):
        return refused("no_rows", "there are no rows", unpruned, named, given)
    if not given.outcome.any():
        reason = f"all {len(given)} outcomes are 0"
        return refused("all_zero", reason, unpruned, named, given)
    pruned = prune(given, at_scale=at_scale)
    sample = pruned.sample

    def refuse(status: Status, reason: str) -> PpmlFit:
        text = "; ".join(filter(None, [reason, pruned.note]))
        return refused(status, text, pruned.losses, named, sample)

    if not len(sample):
        is_separated = (pruned.losses["step"] == SEPARATION).any()
        counts = pruned.losses["step"].value_counts()
        parts = ", ".join(f"{counts[step]} by {step}" for step in sorted(counts.index))
        return refuse("separated" if is_separated else "no_rows", f"no row is left: {parts}")
    y_mean, y_spread = location(sample.outcome)
    if y_spread <= CONSTANT_TOLERANCE * y_mean:
        said = BEYOND_DOUBLES if y_spread else CONSTANT_REGRESSOR
        return refuse("rank_deficient", said.format("the outcome"))
    x, mean, spread = sample.standardised()
    with np.errstate(over="ignore"):
        refuse_squares(sample.terms, spread**2, spread > 0.0)
    codes = sample.codes()
    plan = Plan.of(codes) if at_scale else None
    within = _within(x, codes, plan)
    redundant = Redundant.of(sample.terms, within, spread)
    gone = left_out(
        redundant,
        given,
        partial(_less_effects, at_scale=at_scale),
        is_separated=bool((pruned.losses["step"] == SEPARATION).any()),
    )
    at = [k for k, t in enumerate(sample.terms) if t not in gone.terms]
    kept = sample.select([sample.terms[k] for k in at])
    mean, spread, terms = mean[at], spread[at], kept.terms
    x, within = (part if len(at) == part.shape[1] else part[:, at] for part in (x, within))
    ranks = DummyRanks(list(codes.T))
    rank = ranks.rank()
    if len(kept) <= len(terms) + rank:
        # Of too few rows regressors are combinations of each other: all of them were asked for.
        lost = len(sample.terms) - len(redundant.flat) + rank
        rest = len(kept) - lost
        reason = f"{len(kept)} rows for {lost} coefficients: {rest} residual degrees of freedom"
        return refuse("too_few_rows", reason)
    if named and not terms:
        return refuse("rank_deficient", f"{gone.reason}; none is left")
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
    names = ("the outcome", *terms)
    deviations, means = np.append(y_spread, spread), np.append(y_mean, mean)
    given_to = few_digits(names, deviations, deviations, means)
    reason = "; ".join(filter(None, [gone.reason, pruned.note, given_to]))
    return described(
        PpmlFit(
            status="ok",
            reason=reason,
            losses=pruned.losses,
            effects=named,
            absorbed=gone.absorbed,
            separated=gone.separated,
            omitted=gone.omitted,
            df_resid=len(kept) - len(terms) - rank,
            algorithm="demeaning" if plan is None else "elimination",
            correction=correction,
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


def _less_effects(sample: Sample, *, at_scale: bool) -> FloatArray:
    """Standardised regressors less the effects."""
    codes = sample.codes()
    return _within(sample.standardised()[0], codes, Plan.of(codes) if at_scale else None)
