"""Rows that carry no information: singletons, and rows whose fitted value tends to zero.

A row is separated when a combination z = Xg + Da of regressors and effects is zero on every row
with a positive outcome, never negative, and positive on the row: the likelihood then rises without
end along -z, and only the fit of the separated rows, all zero, moves. They are dropped; the other
coefficients stay what they are.

The combination is found by linear programming on sparse dummies; on large samples by the same
program on a basis of what is zero where the outcome is positive (``nullspace``). The iterative
rectifier of ppmlhdfe was tried first: it needs weights of 1e10, stops after thousands of steps in
one of a hundred small samples, and takes rows whose z is about to vanish for separated.

Source: Correia, Guimaraes and Zylkin (2019), Verifying the existence of maximum likelihood
estimates for generalized linear models, arXiv:1903.01633, proposition 1; Konis (2007) for linear
programming.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from trade_potential.linalg import COLLINEARITY_TOLERANCE, collinear_columns
from trade_potential.ppml.demean import (
    RANK_DEMEANED,
    NotDemeanedError,
    demean,
    dummies,
    dummy_rank,
)
from trade_potential.ppml.normal import Plan
from trade_potential.ppml.nullspace import (
    NoBasisError,
    basis,
    largest_support,
    separated_by_two,
    without_positive,
)
from trade_potential.ppml.sample import BoolArray, Sample

SINGLETON, SEPARATION = "singleton", "separation"

POSITIVE = 1e-6
"""A combination between 0 and 1 is positive above this: ten times what HiGHS lets pass as zero."""

SECONDS = 600.0
"""After which linear programming is given up; the convergence check of the fit remains. 1e5 rows
with two effects take one second."""


@dataclass(frozen=True)
class Pruned:
    """What is left and what is not.

    Attributes:
        sample: Rows that stay.
        losses: ``entity``, ``time``, ``step`` (singleton or separation) and ``reason`` of each row
            that does not, sorted by key.
        note: One sentence if the search for separation did not end, else empty.
    """

    sample: Sample
    losses: pd.DataFrame
    note: str


def prune(sample: Sample, *, at_scale: bool = False) -> Pruned:
    """Drop singletons, levels with zeros only and separated rows, until nothing changes.

    Args:
        sample: All rows.
        at_scale: Whether separated rows are searched by ``separated_at_scale``.
    """
    lost: list[pd.DataFrame] = []
    note = ""
    while len(sample):
        kept, reasons = _informative(sample)
        if not kept.all():
            lost += reasons
            sample = sample.take(kept)
            continue
        found = separated_at_scale(sample) if at_scale else separated_rows(sample)
        note = found.note
        if not found.rows.any():
            break
        lost.append(sample.keys_of(found.rows).assign(step=SEPARATION, reason=found.reason))
        sample = sample.take(~found.rows)
    empty = sample.no_keys().assign(step="", reason="")
    losses = pd.concat(lost) if lost else empty
    order = losses.reset_index(drop=True)
    return Pruned(sample, _by_key(order), note)


def _informative(sample: Sample) -> tuple[BoolArray, list[pd.DataFrame]]:
    """Rows that are no singletons and not of a level with zeros only, and why others are not."""
    at = np.arange(len(sample))
    lost: list[pd.DataFrame] = []
    texts = {SINGLETON: "the only row of {}", SEPARATION: "every outcome of {} is 0"}
    for effect in sample.effects:
        for step, text in texts.items():
            codes, size = effect.codes[at], len(effect.levels)
            if step == SINGLETON:
                hit = np.bincount(codes, minlength=size) == 1
            else:
                hit = np.bincount(codes, sample.outcome[at], minlength=size) == 0.0
            bad = hit[codes]
            if bad.any():
                labels = {c: text.format(effect.label(c)) for c in np.unique(codes[bad]).tolist()}
                reasons = [labels[c] for c in codes[bad].tolist()]
                rows = np.zeros(len(sample), dtype=bool)
                rows[at[bad]] = True
                lost.append(sample.keys_of(rows).assign(step=step, reason=reasons))
                at = at[~bad]
    kept = np.zeros(len(sample), dtype=bool)
    kept[at] = True
    return kept, lost


def _by_key(losses: pd.DataFrame) -> pd.DataFrame:
    try:
        return losses.sort_values(["entity", "time"], ignore_index=True)
    except TypeError:  # keys of several types
        texts = losses[["entity", "time"]].astype(str)
        return losses.loc[texts.sort_values(["entity", "time"]).index].reset_index(drop=True)


@dataclass(frozen=True)
class Separated:
    """Result of one search.

    Attributes:
        rows: (N,) which rows are separated.
        reason: One sentence naming the regressors of the combination.
        note: One sentence if the search did not end, else empty.
    """

    rows: BoolArray
    reason: str
    note: str = ""


def separated_rows(sample: Sample) -> Separated:
    """Find rows that a combination of regressors and effects separates.

    Maximises the sum of z with z = 0 where the outcome is positive and 0 <= z <= 1 elsewhere. What
    is found need not be all there is: ``prune`` asks until there is nothing. No program is needed
    where regressors and effects are independent on the rows with positive outcomes.
    """
    zero = sample.outcome == 0.0
    none = Separated(np.zeros(len(sample), dtype=bool), "")
    if not zero.any() or zero.all() or _independent(sample, ~zero):
        return none
    x, _, spread = sample.standardised()
    blocks = [dummies(column) for column in sample.codes().T]
    columns = blocks or [sparse.csr_array(np.ones((len(sample), 1)))]
    design = sparse.hstack([sparse.csr_array(x), *columns], format="csr")
    found = milp(
        -np.asarray(design[zero].sum(axis=0)).ravel(),
        constraints=LinearConstraint(design, np.zeros(len(sample)), zero.astype(float)),
        bounds=Bounds(-np.inf, np.inf),
        options={"time_limit": SECONDS},
    )
    if found.status != 0:
        note = f"the search for separated rows did not end: {found.message}"
        return replace(none, note=note)
    separated = zero & (design @ found.x > POSITIVE)
    slopes = found.x[: len(sample.terms)] * (spread > 0.0)
    named = [t for t, g in zip(sample.terms, slopes, strict=True) if abs(g) > POSITIVE]
    return Separated(separated, _because(named, has_effects=bool(blocks)))


def _because(terms: list[str], *, has_effects: bool) -> str:
    parts = [*terms, *(["the effects"] if has_effects else [])] or ["the constant"]
    return (
        f"a combination of {', '.join(parts)} is positive here, never negative and 0 wherever the "
        "outcome is positive: the fitted value tends to 0"
    )


def _independent(sample: Sample, positive: BoolArray) -> bool:
    """Whether only zero combinations are zero on rows with positive outcomes.

    Known for up to two effects: their rank, and the regressors' share that they leave.
    """
    if len(sample.effects) > 2:
        return False
    part = sample.take(positive)
    for effect, whole in zip(part.effects, sample.effects, strict=True):
        if ((effect.counts() == 0) & (whole.counts() > 0)).any():
            return False
    codes = part.codes()
    if dummy_rank(list(codes.T)) < dummy_rank(list(sample.codes().T)):
        return False
    x, _, spread = part.standardised()
    if (spread == 0.0).any():
        return False
    design = demean(x, codes, np.ones(len(part)), tolerance=RANK_DEMEANED)
    products = design.T @ design
    if (np.diag(products) <= COLLINEARITY_TOLERANCE * len(part)).any():
        return False
    return not collinear_columns(products)


def separated_at_scale(sample: Sample) -> Separated:
    """Find separated rows as ``separated_rows``, which it calls for four sets or more.

    For three sets, and for two with regressors that are not independent where the outcome is
    positive, a note says if the basis is too large.
    """
    zero = sample.outcome == 0.0
    none = Separated(np.zeros(len(sample), dtype=bool), "")
    if not zero.any() or zero.all():
        return none
    codes = sample.codes()
    alone = without_positive(codes, zero)
    if alone.any():
        return Separated(alone, _because([], has_effects=True))
    m = codes.shape[1]
    plan = Plan.of(codes[~zero]) if 0 < m <= 3 else None
    if plan is None and m:
        return separated_rows(sample)
    try:
        found = basis(sample.standardised(~zero)[0], codes, zero, plan)
    except (NoBasisError, NotDemeanedError, np.linalg.LinAlgError) as error:
        return replace(none, note=f"the search for separated rows did not end: {error}")
    if m == 2 and not found.slopes.any():
        return Separated(separated_by_two(codes, zero), _because([], has_effects=True))
    rows, share, message = largest_support(found.values, seconds=SECONDS, positive=POSITIVE)
    if message:
        return replace(none, note=f"the search for separated rows did not end: {message}")
    separated = none.rows.copy()
    separated[zero] = rows
    slopes = found.slopes @ share
    named = [t for t, g in zip(sample.terms, slopes, strict=True) if abs(g) > POSITIVE]
    return Separated(separated, _because(named, has_effects=m > 0))
