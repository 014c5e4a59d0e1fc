"""The regression behind the printed K: tables of the search of k_fits."""

from __future__ import annotations

import numpy as np
from evidence import Evidence
from k_evidence import TOLERANCE, implied_residuals
from k_fits import FAMILIES, Choice, Fits, Scored, Searched
from outcome import UNIT, outcomes
from page import fixed, markdown
from regressors import Regressor, regressors

LIMITS = (0.035, 0.05, 0.07, TOLERANCE, 0.15)
"""Limits of criterion 1: what hangs on the one that is taken."""
SHOWN = 12
TAKEN = (
    "ln GDP pc PPP 2023-06",
    "population 2022-09",
    "index",
    "internet 2023-11",
    "openness 2022-05",
)
"""The specification: variants from the descriptives, forms from this search."""


def _names(candidates: list[Regressor], scored: Scored) -> str:
    return ", ".join(candidates[k].name for k in scored.choice)


def _family_rows(
    evidence: Evidence, candidates: list[Regressor], first: Searched
) -> list[list[str]]:
    """The best regression of each family with criterion 1 and without."""
    rows = []
    for family in FAMILIES:
        one = first if family is FAMILIES[0] else Searched.of(evidence, candidates, family)
        passing, alone = one.passing(), one.found[0]
        counts = [family.name, family.reason, str(len(one.found)), str(len(passing))]
        best = {"1 and 2": passing[0], "2 alone": alone}
        if alone == passing[0]:
            best = {"1 and 2, 2 alone": alone}
        for criteria, scored in best.items():
            names = _names(candidates, scored)
            rows.append([*counts, criteria, names, *one.fits.described(scored)])
    return rows


def _form(candidates: list[Regressor], scored: Scored) -> tuple[tuple[str, str], ...]:
    return tuple((candidates[k].series, candidates[k].form) for k in scored.choice)


def _taken(candidates: list[Regressor]) -> Choice:
    names = [r.name for r in candidates]
    return tuple(names.index(name) for name in TAKEN)


def _best_rows(
    candidates: list[Regressor], searched: Searched
) -> tuple[list[list[str]], list[list[str]]]:
    """Best variants of each set of forms, and the variants of the set that is taken."""
    fits, passing = searched.fits, searched.passing()
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


def _limit_rows(candidates: list[Regressor], searched: Searched) -> list[list[str]]:
    """The best regression of a family under other limits of criterion 1."""
    return [
        [str(limit), _names(candidates, scored), *searched.fits.described(scored)]
        for limit in LIMITS
        for scored in searched.passing(limit)[:1]
    ]


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
    first = Searched.of(evidence, candidates, FAMILIES[0])
    best, variants = _best_rows(candidates, first)
    return {
        "k_families": markdown(
            ["family", "why", "tried", "meet 1", "best by", "regressors", *numbers],
            _family_rows(evidence, candidates, first),
        ),
        "k_best": markdown(["regressors", *numbers], best),
        "k_limits": markdown(["limit", "regressors", *numbers], _limit_rows(candidates, first)),
        "k_variants": markdown(["rank", "regressors", *numbers], variants),
        "k_outcomes": markdown(
            [
                *("outcome", "why", "largest sum of a year, %", "sum, %", "largest corr."),
                *("rms, % of mean", *fit),
            ],
            _outcome_rows(evidence, candidates),
        ),
    }
