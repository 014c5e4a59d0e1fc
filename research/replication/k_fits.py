"""Search for the regression behind the printed K: sample, effects, regressors and their forms.

Criterion 1: the implied residuals are orthogonal to every regressor (|correlation| at most .1).
Criterion 2: root mean square of fitted trade less the prediction that the printed K imply.

Each of the seven printed regressors is absent, in logarithms or in levels, in each variant
(vintage, base, distance): all sets that meet criterion 1 are tried. So that criterion 1 does not
hide a better fit, all sets of the variants that fit the descriptives are tried as well.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from evidence import Evidence, Table, flat, printed_classes
from k_evidence import BILLION, TOLERANCE, has_k, orthogonality
from page import fixed
from regressors import VARIABLES, Regressor, year_dummies

CHUNK = 20_000
"""Sets that are solved at a time, for memory."""
PRINTED_FORM = {"cbec": "level"}
CLOSE = 0.05

Choice = tuple[int, ...]
"""Positions of the regressors that are in."""


@dataclass(frozen=True)
class Family:
    """A sample and its effects."""

    name: str
    reason: str
    has_year_effects: bool
    has_all_rows: bool
    is_in_logs: bool = False


FAMILIES = (
    Family("year effects, 34 rows", "the residuals sum to zero by year", True, False),
    Family("constant, 34 rows", "they also sum to zero over all", False, False),
    Family("year effects, 40 rows", "the descriptives have 40 rows", True, True),
    Family("constant, 40 rows", "sample and effects of the printed regression", False, True),
    Family(
        "year effects, 34 rows, logs",
        "the printed regressors as they are, cbec in levels",
        True,
        False,
        is_in_logs=True,
    ),
)


@dataclass(frozen=True)
class Scored:
    """A regression and how it meets the two criteria."""

    choice: Choice
    correlation: float
    rms: float

    @property
    def key(self) -> tuple[float, int, Choice]:
        """Order: fit to three digits, then fewer regressors, then the order of the candidates."""
        return (round(self.rms, 3), len(self.choice), self.choice)


class Fits:
    """Least squares of trade for many sets of regressors of one family."""

    def __init__(
        self,
        evidence: Evidence,
        candidates: list[Regressor],
        family: Family,
        outcome: Table | None = None,
    ) -> None:
        """Take out the effects once; the outcome is goods trade unless another is named."""
        of_k = evidence.trade if outcome is None else outcome
        trade, k = flat(of_k) / BILLION, flat(evidence.printed_k)
        self.with_k = has_k(evidence)
        rows = np.full(len(trade), True) if family.has_all_rows else self.with_k
        effects = year_dummies() if family.has_year_effects else np.ones((len(trade), 1))
        columns = np.column_stack([r.values / np.abs(r.values).max() for r in candidates])
        both = np.column_stack([columns, trade])
        b, *_ = np.linalg.lstsq(effects[rows], both[rows], rcond=None)
        self.net = both - effects @ b
        self.net[:, :-1] /= np.sqrt((self.net[rows, :-1] ** 2).sum(axis=0))
        self.base = (effects @ b)[:, -1]
        self.cross = self.net[rows].T @ self.net[rows]
        self.target = (trade / k)[self.with_k]
        self.trade, self.k = trade[self.with_k], k[self.with_k]
        self.correlations = np.array(
            [abs(orthogonality(evidence, r.values, effects, of_k)) for r in candidates]
        )

    @property
    def rounding(self) -> float:
        """Root mean square that the rounding of the printed K to three decimals leaves."""
        per_k = np.abs(self.trade / self.k**2)
        return float(np.sqrt(((per_k * 0.001) ** 2 / 12).mean()))

    def predicted(self, choices: list[Choice]) -> np.ndarray:
        """Fitted trade of the rows with a printed K, sets by rows; all sets are as large."""
        picked = np.array(choices, dtype=int)
        left = self.cross[picked[:, :, None], picked[:, None, :]]
        right = self.cross[picked, -1]
        slopes = np.linalg.solve(left, right[:, :, None])[:, :, 0]
        columns = self.net[self.with_k][:, picked]
        return self.base[self.with_k] + np.einsum("rcp,cp->cr", columns, slopes)

    def scored(self, choices: Iterable[Choice]) -> list[Scored]:
        """Both criteria for every set."""
        found = []
        by_size: dict[int, list[Choice]] = {}
        for choice in choices:
            by_size.setdefault(len(choice), []).append(choice)
        for alike in (sets for size, sets in sorted(by_size.items()) if size > 0):
            for start in range(0, len(alike), CHUNK):
                chunk = alike[start : start + CHUNK]
                rms = np.sqrt(((self.predicted(chunk) - self.target) ** 2).mean(axis=1))
                worst = self.correlations[np.array(chunk)].max(axis=1)
                found += map(Scored, chunk, worst.tolist(), rms.tolist())
        return found

    def described(self, scored: Scored) -> list[str]:
        """Cells of a table for one regression."""
        predicted = self.predicted([scored.choice])[0]
        k = self.trade / predicted
        same = printed_classes(k) == printed_classes(self.k)
        return [
            str(len(scored.choice)),
            fixed(scored.correlation, 2),
            fixed(scored.rms, 2),
            fixed(np.corrcoef(k, self.k)[0, 1], 3),
            str(int((np.abs(k - self.k) <= CLOSE).sum())),
            str(int(same.sum())),
        ]


def _sets(slots: Iterable[list[int | None]]) -> list[Choice]:
    """Every combination of one candidate, or none, per printed regressor."""
    return [tuple(k for k in c if k is not None) for c in itertools.product(*slots)]


def choices(candidates: list[Regressor], fits: Fits, family: Family) -> list[Choice]:
    """All sets that meet criterion 1, and all sets of first variants."""

    def slots(is_tried: Callable[[int], bool]) -> list[list[int | None]]:
        return [
            [
                None,
                *(
                    k
                    for k, r in enumerate(candidates)
                    if r.variable == variable
                    and is_tried(k)
                    and (not family.is_in_logs or r.form == PRINTED_FORM.get(variable, "ln"))
                ),
            ]
            for variable in VARIABLES
        ]

    orthogonal = _sets(slots(lambda k: bool(fits.correlations[k] <= TOLERANCE)))
    first = _sets(slots(lambda k: candidates[k].is_first))
    return list(dict.fromkeys(orthogonal + first))


@dataclass(frozen=True)
class Searched:
    """A family and its regressions, the best fit first."""

    fits: Fits
    found: list[Scored]

    @classmethod
    def of(cls, evidence: Evidence, candidates: list[Regressor], family: Family) -> Searched:
        """Try every set of a family."""
        fits = Fits(evidence, candidates, family)
        found = fits.scored(choices(candidates, fits, family))
        return cls(fits, sorted(found, key=lambda s: s.key))

    def passing(self, limit: float = TOLERANCE) -> list[Scored]:
        """Those that meet criterion 1, in the same order."""
        return [s for s in self.found if s.correlation <= limit]
