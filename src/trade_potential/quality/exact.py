"""What figures tell by being the same: as in another vintage, as of another indicator, on a line.

Sources revise some figures and leave others, to the last digit. A series that keeps what all others
lose, or loses what all others keep, has been made by somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from trade_potential.quality.cubes import (
    COMPARED_YEARS,
    EDITIONS,
    Array,
    Figures,
    Vintages,
    logs,
    longest_run,
    significant_digits,
)

REVISED = 0.05
"""Share of figures left as they were below which an indicator is revised throughout."""
KEPT = 0.99
"""Share of series with some figure left as it was from which one without any stands out."""
LINE = 1e-9
"""Distance of a figure from the line between its neighbours, as a share of it: rounding."""
LAST_STEPS = 2
"""Changes at the end of a series that no later year confirms."""


def beside_vintage(of: Figures, held: Vintages, k: int) -> dict[str, Any]:
    """Years lost, figures kept and the largest change of the ratio, beside the vintage before."""
    x, count = held.figures[k], len(of.economies)
    if not k:
        no = np.full(count, np.nan)
        return {"years_lost": [None] * count, "kept_figures": no, "rewritten": no, "step": no}
    w = held.figures[k - 1]
    both: Array = np.isfinite(x) & np.isfinite(w) & (x != 0)
    equal = both & (x == w)
    kept, compared = equal.sum(axis=1), both.sum(axis=1)
    is_told: Array = compared >= COMPARED_YEARS
    is_revised = kept.sum() < REVISED * max(int(compared.sum()), 1)
    is_kept = (kept[is_told] > 0).mean() >= KEPT if is_told.any() else False
    apart = logs(x) - logs(w)
    return {
        "years_lost": _years_lost(of.years, x, w),
        "kept_figures": np.where(
            is_revised & (compared - kept >= COMPARED_YEARS), kept, np.nan
        ).astype("float64"),
        "rewritten": np.where(is_told & is_kept, (kept == 0) * 1.0, np.nan),
        "step": np.exp(np.nanmax(np.abs(np.diff(apart, axis=1)), axis=1)),
    }


def _years_lost(years: Array, x: Array, w: Array) -> list[str | None]:
    """Years before its last that a series had in the vintage before, and most others still have."""
    has, had = np.isfinite(x), np.isfinite(w)
    is_covered = (has & had).sum(axis=0) > 0.5 * had.sum(axis=0)
    goes_on = np.cumsum(has[:, ::-1], axis=1)[:, ::-1] > 0
    lost = had & ~has & is_covered & goes_on
    return [", ".join(map(str, years[row])) if row.any() else None for row in lost]


def alone(held: Vintages, k: int, *, is_growth: bool) -> dict[str, Any]:
    """The longest straight line in a series, and the largest change at its end."""
    x = held.figures[k]
    if is_growth or held.dates == [EDITIONS]:
        no = np.full(len(x), np.nan)
        return {"line_years": no, "last_factor": no}
    bend = np.abs(np.diff(x, 2, axis=1)) <= LINE * np.abs(x[:, 1:-1])
    run, _ = longest_run(bend & (np.diff(x, axis=1)[:, 1:] != 0))
    step = np.abs(np.diff(logs(x), axis=1))
    place = np.arange(step.shape[1])
    last = np.where(np.isfinite(step), place, -1).max(axis=1)
    is_last = place > (last - LAST_STEPS)[:, None]
    return {
        "line_years": np.where(run > 0, run + 2.0, 0.0),
        "last_factor": np.exp(np.nanmax(np.where(is_last, step, np.nan), axis=1)),
    }


def same_as_other(of: Figures, codes: Sequence[str]) -> dict[str, list[str | None]]:
    """By indicator: the other one of whose newest figures an economy has three or more."""
    named: dict[str, list[str | None]] = {code: [None] * len(of.economies) for code in codes}
    newest = {
        code: np.where(significant_digits(of.newest(code)) >= 5, of.newest(code), np.nan)
        for code in codes
        if of.indicators[code].dates != [EDITIONS]  # scores have few values
    }
    held = list(newest)
    for n, one in enumerate(held):
        for other in held[n + 1 :]:
            count = (newest[one] == newest[other]).sum(axis=1)
            for economy in np.nonzero(count >= 3)[0]:
                for here, there in ((one, other), (other, one)):
                    named[here][economy] = f"{count[economy]} figures are those of {there}"
    return named
