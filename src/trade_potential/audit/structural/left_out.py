"""A pair left out, estimated again without its cells: both directions, all years."""

from __future__ import annotations

import hashlib

import numpy as np

from trade_potential.audit.structural.cells import Cells
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.optimum import Optimum
from trade_potential.audit.structural.published import Published
from trade_potential.linalg import FloatArray

LEFT_OUT = 1e-3
"""Largest relative error of a prediction with its pair left out: what the step by leverage promises
in ln K, and what a refit keeps by far."""

REFERENCE = "estimated again without the pair, numpy on the gated inputs"

STEP = 1e-4
"""Change of a slope in its standard error at which a refit has settled: predictions then change by
a hundred thousandth of what they are compared with."""

BALANCED = 1e-7
"""Relative error of sums over partners at which effects have settled."""

STEPS, SWEEPS = 60, 2_000
"""Steps of a refit and balancings within one, at most; measured: 4 and 20."""


def confirm_left_out(
    found: Findings, optimal: Optimum, published: Published, *, sample: int
) -> None:
    """Add pairs left out: of each way the one that moves most, and others by the hash.

    Args:
        found: Takes the rows.
        optimal: Beside the published slopes and effects.
        published: The tables, laid on the cells.
        sample: Pairs in all.
    """
    cells = optimal.cells
    effects = [published.effects[side, "log_effect"] for side in ("exporter", "importer")]
    for one, other in sampled(cells, published, sample):
        again = predicted_without(
            cells,
            (one, other),
            slopes=optimal.slopes,
            exporters=effects[0],
            importers=effects[1],
            bread=optimal.bread,
        )
        names = cells.economies[one], cells.economies[other]
        places = [f"{a} to {b}, {y}" for a, b in (names, names[::-1]) for y in cells.years]
        has = cells.is_cell[:, [one, other], [other, one]].T
        found.largest(
            "predicted_pair_out_usd",
            published.pair_out[:, [one, other], [other, one]].T,
            np.where(has, again, np.nan),
            named=places.__getitem__,
            term="-".join(names),
            tolerance=LEFT_OUT,
            reference=REFERENCE,
        )


def sampled(cells: Cells, published: Published, sample: int) -> list[tuple[int, int]]:
    """Pairs to leave out again, the same in every build of the same tables.

    Of each way the pair whose own prediction moves most, where a wrong step would show; then
    pairs by the hash of their codes, which no one has chosen.
    """
    one, other = cells.pairs()
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.abs(np.log(published.pair_out / published.predicted))
    of_pair = np.fmax(moved, moved.transpose(0, 2, 1))
    largest = np.fmax.reduce(np.where(np.isfinite(of_pair), of_pair, -1.0), axis=0)[one, other]
    way = np.nan_to_num(np.fmax.reduce(published.pair_out_method, axis=0), nan=-1.0)[one, other]
    found = [
        int(np.flatnonzero(way == method)[largest[way == method].argmax()])
        for method in np.unique(way)
    ]
    codes = [f"{cells.economies[i]}-{cells.economies[j]}" for i, j in zip(one, other, strict=True)]
    by_hash = sorted(range(len(codes)), key=lambda k: hashlib.sha256(codes[k].encode()).digest())
    kept = list(dict.fromkeys([*found, *by_hash]))[:sample]
    return [(int(one[k]), int(other[k])) for k in kept]


def predicted_without(
    cells: Cells,
    pair: tuple[int, int],
    *,
    slopes: FloatArray,
    exporters: FloatArray,
    importers: FloatArray,
    bread: FloatArray,
) -> FloatArray:
    """(2, T) US$ in both directions, from an estimate that has not seen the pair; NaN without any.

    Effects by balancing sums over partners (Deming and Stephan 1940), slopes by the quasi-Newton
    steps of Broyden, Fletcher, Goldfarb and Shanno from the second derivatives over all cells
    (Nocedal and Wright 2006, eq. 6.17): where they end, the score equations of the cells that are
    left hold.

    Args:
        cells: The world.
        pair: Places of two economies.
        slopes: (p,) of all cells, where the search starts.
        exporters: (T, n) effects of all cells.
        importers: (T, n) effects of all cells.
        bread: (p, p) inverse of the second derivatives over all cells.
    """
    one, other = pair
    is_left = cells.is_cell.copy()
    is_left[:, [one, other], [other, one]] = False
    trade = np.where(is_left, cells.trade, 0.0)
    exports, imports = trade.sum(axis=2), trade.sum(axis=1)
    p = len(cells.terms)
    flat = cells.x.reshape(p, -1)
    own = cells.x[:, :, [one, other], [other, one]]
    if any(np.ptp(values[is_left]) == 0.0 for values in cells.x):
        return np.full((2, len(cells.years)), np.nan)  # what only this pair has leaves no slope
    unit, inverse = np.sqrt(np.diag(bread)), bread
    step, before = None, np.zeros(p)
    found = slopes.copy()
    out = np.where(exports > 0.0, np.exp(np.nan_to_num(exporters)), 0.0)
    into = np.where(imports > 0.0, np.exp(np.nan_to_num(importers)), 0.0)
    for _ in range(STEPS):
        distance = np.exp(np.tensordot(found, cells.x, axes=1)) * is_left
        out, into = balanced(distance, exports, imports, out, into)
        rest = trade - out[:, :, None] * distance * into[:, None, :]
        gradient = flat @ rest.ravel()
        if step is not None:
            inverse = _updated(inverse, step, before - gradient)
        step, before = inverse @ gradient, gradient
        if np.abs(step / unit).max() <= STEP:
            break
        found = found + step
    effects = out[:, [one, other]] * into[:, [other, one]]
    return np.where(effects > 0.0, effects * np.exp(np.tensordot(found, own, axes=1)), np.nan).T


def _updated(inverse: FloatArray, step: FloatArray, change: FloatArray) -> FloatArray:
    """The inverse of the second derivatives once a step has shown how the gradient changes."""
    along = float(step @ change)
    if along <= 0.0:
        return inverse
    left = np.eye(len(step)) - np.outer(step, change) / along
    return np.asarray(left @ inverse @ left.T + np.outer(step, step) / along)


def balanced(
    distance: FloatArray,
    exports: FloatArray,
    imports: FloatArray,
    out: FloatArray,
    into: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """(T, n) multipliers of exporters and importers that give the sums over partners.

    Args:
        distance: (T, n, n) what slopes and regressors predict.
        exports: (T, n) sums; 0 where there is no multiplier.
        imports: (T, n) likewise.
        out: (T, n) multipliers of exporters to start from.
        into: (T, n) multipliers of importers to start from.
    """
    turned = distance.transpose(0, 2, 1)
    for _ in range(SWEEPS):
        reached = (distance @ into[..., None])[..., 0]
        gap = np.abs(out * reached - exports) / np.where(exports > 0.0, exports, 1.0)
        out = np.divide(exports, reached, out=np.zeros_like(out), where=reached > 0.0)
        sums = (turned @ out[..., None])[..., 0]
        into = np.divide(imports, sums, out=np.zeros_like(into), where=sums > 0.0)
        if gap.max() <= BALANCED:
            break
    return out, into
