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
from evidence import Evidence, Table, flat
from k_evidence import BILLION, TOLERANCE, has_k, implied_residuals, orthogonality
from outcome import UNIT, outcomes
from page import fixed, markdown
from regressors import VARIABLES, Regressor, regressors, year_dummies

LIMITS = (0.035, 0.05, 0.07, TOLERANCE, 0.15)
"""Limits of criterion 1: what hangs on the one that is taken."""
SHOWN = 12
CHUNK = 20_000
"""Sets that are solved at a time, for memory."""
TAKEN = (
    "ln GDP pc PPP 2023-06",
    "population 2022-09",
    "index",
    "internet 2023-11",
    "openness 2022-05",
)
"""The specification: variants from the descriptives, forms from this search."""
PRINTED_FORM = {"cbec": "level"}
CLOSE = 0.05
CUTS = (0.8, 1.2)

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
        same = np.digitize(k, CUTS) == np.digitize(self.k, CUTS)
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


def _passing(found: list[Scored]) -> list[Scored]:
    return sorted((s for s in found if s.correlation <= TOLERANCE), key=lambda s: s.key)


def _names(candidates: list[Regressor], scored: Scored) -> str:
    return ", ".join(candidates[k].name for k in scored.choice)


def _family_rows(evidence: Evidence, candidates: list[Regressor]) -> list[list[str]]:
    """The best regression of each family with criterion 1 and without."""
    rows = []
    for family in FAMILIES:
        fits = Fits(evidence, candidates, family)
        found = fits.scored(choices(candidates, fits, family))
        passing = _passing(found)
        counts = [family.name, family.reason, str(len(found)), str(len(passing))]
        alone = min(found, key=lambda s: s.key)
        best = {"1 and 2": passing[0], "2 alone": alone}
        if alone == passing[0]:
            best = {"1 and 2, 2 alone": alone}
        for criteria, scored in best.items():
            names = _names(candidates, scored)
            rows.append([*counts, criteria, names, *fits.described(scored)])
    return rows


def _form(candidates: list[Regressor], scored: Scored) -> tuple[tuple[str, str], ...]:
    return tuple((candidates[k].series, candidates[k].form) for k in scored.choice)


def _taken(candidates: list[Regressor]) -> Choice:
    names = [r.name for r in candidates]
    return tuple(names.index(name) for name in TAKEN)


def _best_rows(
    evidence: Evidence, candidates: list[Regressor]
) -> tuple[list[list[str]], list[list[str]]]:
    """Best variants of each set of forms, and the variants of the set that is taken."""
    fits = Fits(evidence, candidates, FAMILIES[0])
    passing = _passing(fits.scored(choices(candidates, fits, FAMILIES[0])))
    best: dict[tuple[tuple[str, str], ...], Scored] = {}
    for scored in passing:
        best.setdefault(_form(candidates, scored), scored)
    taken = next(s for s in passing if s.choice == _taken(candidates))
    alike = [s for s in passing if _form(candidates, s) == _form(candidates, taken)]
    variants = [*alike[:5], *([] if taken in alike[:5] else [taken]), alike[-1]]

    def cells(scored: Scored) -> list[str]:
        return [_names(candidates, scored), *fits.described(scored)]

    rounding = fixed(fits.rounding, 3)
    shown = [cells(scored) for scored in list(best.values())[:SHOWN]]
    exact = ["an exact model: rounding of K alone", "", "", rounding, "1.000", "34", "34"]
    ranks = {s.choice: str(k + 1) for k, s in enumerate(alike)}
    return (
        [exact, *shown],
        [[f"{ranks[s.choice]} of {len(alike)}", *cells(s)] for s in variants],
    )


def _limit_rows(evidence: Evidence, candidates: list[Regressor]) -> list[list[str]]:
    """The best regression of the first family under other limits of criterion 1."""
    fits = Fits(evidence, candidates, FAMILIES[0])
    found = sorted(fits.scored(choices(candidates, fits, FAMILIES[0])), key=lambda s: s.key)
    best = [(limit, next((s for s in found if s.correlation <= limit), None)) for limit in LIMITS]
    return [[str(k), _names(candidates, s), *fits.described(s)] for k, s in best if s is not None]


def _outcome_rows(evidence: Evidence, candidates: list[Regressor]) -> list[list[str]]:
    """The taken regressors for other outcomes that K can be the ratio of."""
    rows = []
    for name, (why, values) in outcomes(evidence).items():
        trade = values * UNIT
        e = implied_residuals(evidence, trade)
        base = trade.where(evidence.printed_k.notna())
        by_year = 100 * e.sum() / base.sum()
        fits = Fits(evidence, candidates, FAMILIES[0], trade)
        scored = fits.scored([_taken(candidates)])[0]
        described = fits.described(scored)
        relative = 100 * scored.rms / float(fits.trade.mean())
        rows.append(
            [
                name,
                why,
                fixed(float(by_year.abs().max()), 1),
                fixed(100 * float(e.to_numpy()[~np.isnan(e)].sum() / base.sum().sum()), 1),
                described[1],
                fixed(relative, 1),
                *described[3:],
            ]
        )
    return sorted(rows, key=lambda row: (float(row[5]), row[0]))


def tables(evidence: Evidence) -> dict[str, str]:
    """Tables of the page by name."""
    candidates = regressors(evidence)
    fit = ["corr. K", "within .05", "classes of 34"]
    numbers = ["terms", "largest corr.", "rms, bn", *fit]
    best, variants = _best_rows(evidence, candidates)
    return {
        "k_families": markdown(
            ["family", "why", "tried", "meet 1", "best by", "regressors", *numbers],
            _family_rows(evidence, candidates),
        ),
        "k_best": markdown(["regressors", *numbers], best),
        "k_limits": markdown(["limit", "regressors", *numbers], _limit_rows(evidence, candidates)),
        "k_variants": markdown(["rank", "regressors", *numbers], variants),
        "k_outcomes": markdown(
            [
                *("outcome", "why", "largest sum of a year, %", "sum, %", "largest corr."),
                *("rms, % of mean", *fit),
            ],
            _outcome_rows(evidence, candidates),
        ),
    }
