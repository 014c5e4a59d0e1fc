"""PPML of world trade on exporter-year and importer-year effects and regressors of pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from trade_potential.inference.left_out import LeftOut
from trade_potential.linalg import FloatArray, ScaledSystem
from trade_potential.structural.existence import Components, separated
from trade_potential.structural.normal import less_effects
from trade_potential.structural.regressors import dependent, left_out, standardised
from trade_potential.structural.solve import Problem, Solution, solve
from trade_potential.structural.world import BoolArray, World

Status = Literal[
    "ok",  # estimated as named
    "exact_fit",  # trade is fitted without a residual: standard errors are 0
    "no_rows",  # no cell is left
    "all_zero",  # no cell has trade
    "disconnected",  # nothing joins two groups of exporters and importers in a year
    "too_few_rows",  # no residual degrees of freedom
    "rank_deficient",  # no regressor is left
    "separated",  # zeros leave no estimate
    "not_converged",  # the first-order conditions do not hold
]
ESTIMATED: frozenset[str] = frozenset({"ok", "exact_fit"})

EXACT_FIT = 1e-12
"""A fit is exact when residuals are at most this share of trade: a hundred times their rounding."""

CORRECTION = "G/(G-1)"
"""Of the covariance clustered by G unordered pairs, as ppmlhdfe's."""

NONE = np.zeros(0)


@dataclass(frozen=True)
class StructuralFit:
    """PPML on one world; numbers are present only for ``ESTIMATED``.

    Attributes:
        status: What kind of result this is.
        reason: One sentence when the status is not ok or a regressor has no coefficient.
        world: The cells used, with the regressors that have a coefficient.
        n_obs, n_zeros, n_pairs: Cells used, those without trade, unordered pairs with a cell.
        n_exporter_years, n_importer_years: Effects.
        absorbed: Regressors that the effects explain.
        omitted: Regressors that do not vary or are combinations of those before them.
        coefficients: (p,).
        covariance: (p, p) clustered by unordered pair, all years and both directions, G/(G-1).
        exporters, importers: (T, n) effects: fitted = exp(x'b + exporter + importer).
        base: (T, n) importers with effect 0: the largest importer of each year.
        fitted: (T, n, n) conditional mean in the unit of trade; 0 where a cell is not used.
        within: (p, T, n, n) regressors less effects, weighted by the fit.
        bread: (p, p) inverse of the information of the slopes, in the unit of trade.
        iterations: Newton steps.
        score: Largest score as a share of what it is a difference of.
        deviance: Of trade in its unit.
        deviance_r_squared: 1 - deviance / that of a constant.
    """

    status: Status
    reason: str
    world: World
    n_obs: int
    n_zeros: int
    n_pairs: int
    n_exporter_years: int
    n_importer_years: int
    absorbed: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()
    coefficients: FloatArray = field(default_factory=lambda: NONE)
    covariance: FloatArray = field(default_factory=lambda: NONE.reshape(0, 0))
    exporters: FloatArray = field(default_factory=lambda: NONE.reshape(0, 0))
    importers: FloatArray = field(default_factory=lambda: NONE.reshape(0, 0))
    base: BoolArray = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))
    fitted: FloatArray = field(default_factory=lambda: NONE.reshape(0, 0, 0))
    within: FloatArray = field(default_factory=lambda: NONE.reshape(0, 0, 0, 0), repr=False)
    bread: FloatArray = field(default_factory=lambda: NONE.reshape(0, 0))
    iterations: int = 0
    score: float = float("nan")
    deviance: float = float("nan")
    deviance_r_squared: float = float("nan")

    @property
    def is_estimated(self) -> bool:
        """Whether there are coefficients."""
        return self.status in ESTIMATED


def fit_world(given: World) -> StructuralFit:
    """Estimate E(trade) = exp(x'b + exporter-year effect + importer-year effect).

    Exporters and importers that trade nothing in a year have no effect; their cells are not used
    (``World.without_trade``). Regressors that say nothing new are left out by name.

    Source: Santos Silva and Tenreyro (2006), eq. 9; Anderson and van Wincoop (2003); Fally (2015):
    fitted values of each exporter and importer add up to trade in every year.
    """
    world = given.with_effects()

    def refuse(status: Status, reason: str) -> StructuralFit:
        return StructuralFit(status, reason, **_counts(world))

    if not given.is_used.any():
        return refuse("no_rows", "there are no cells")
    if not world.trade.any():
        return refuse("all_zero", f"all {int(given.is_used.sum())} cells are without trade")
    if not world.terms:
        return refuse("rank_deficient", "there is no regressor")
    used, takes = world.is_used, world.totals()[1]
    joined = Components.of(used, takes)
    if (joined.n_apart > 1).any():
        return refuse("disconnected", _apart(world, joined))
    standard, mean, spread = standardised(world)
    trading = Components.of(world.trade > 0.0, takes)
    silent = [k for part in dependent(standard, world.trade > 0.0, trading.base) for k in part]
    gone = left_out(world, standard, joined.base) if silent else LeftOut()
    at = [k for k, term in enumerate(world.terms) if term not in gone.terms]
    if not at:
        return refuse("rank_deficient", f"{gone.reason}; none is left")
    counts = _counts(world)
    n_effects = counts["n_exporter_years"] + counts["n_importer_years"] - world.n_years_used
    if counts["n_obs"] <= len(at) + n_effects:
        rest = counts["n_obs"] - len(at) - n_effects
        return refuse(
            "too_few_rows",
            f"{counts['n_obs']} cells for {len(at) + n_effects} coefficients: {rest} residual "
            "degrees of freedom",
        )
    world, standard = world.select([world.terms[k] for k in at]), standard[at]
    silent = [at.index(k) for k in silent if k in at]
    if silent or (trading.n_apart > 1).any():
        said = separated(world, standard, silent, trading)
        if said:
            return refuse("separated", said)
    unit = float(world.trade.max())
    unit *= float((world.trade / unit).sum()) / counts["n_obs"]
    problem = Problem(world.trade / unit, used, standard, joined.base)
    solution = solve(problem)
    if solution.failure:
        return refuse("not_converged", solution.failure)
    return _described(world, problem, solution, gone, mean[at], spread[at], unit, counts)


def _described(
    world: World,
    problem: Problem,
    solution: Solution,
    gone: LeftOut,
    mean: FloatArray,
    spread: FloatArray,
    unit: float,
    counts: dict[str, Any],
) -> StructuralFit:
    """The solution in the units of trade and regressors, with its covariance."""
    within = less_effects(problem.regressors, solution.at.fitted, problem.base) * problem.is_used
    p = len(within)
    flat = within.reshape(p, -1)
    bread = ScaledSystem.of((flat * solution.at.fitted.ravel()) @ flat.T).inverse
    residual = problem.trade - solution.at.fitted
    is_exact = bool((np.abs(residual) <= EXACT_FIT * (problem.trade + solution.at.fitted)).all())
    if is_exact:
        residual = np.zeros_like(residual)
    covariance = clustered(within, residual, bread, counts["n_pairs"])
    slopes = solution.at.slopes / spread
    constant = np.log(unit) - float(slopes @ mean)
    has_exporter = problem.is_used.any(axis=2)
    deviance, of_constant = (
        _deviance(problem, fit) * unit
        for fit in (solution.at.fitted, np.where(problem.is_used, 1.0, 0.0))
    )
    said = [gone.reason]
    if is_exact:
        said.append("the fit leaves no residual: standard errors are 0")
    return StructuralFit(
        status="exact_fit" if is_exact else "ok",
        reason="; ".join(filter(None, said)),
        world=world,
        absorbed=gone.absorbed,
        omitted=gone.omitted,
        coefficients=slopes,
        covariance=covariance / np.outer(spread, spread),
        exporters=(solution.at.exporters + constant) * has_exporter,
        importers=solution.at.importers,
        base=problem.base,
        fitted=solution.at.fitted * unit,
        within=within * spread[:, None, None, None],
        bread=bread / np.outer(spread, spread) / unit,
        iterations=solution.iterations,
        score=solution.score,
        deviance=deviance,
        deviance_r_squared=1.0 - deviance / of_constant if of_constant > 0.0 else float("nan"),
        **{name: count for name, count in counts.items() if name != "world"},
    )


def clustered(
    within: FloatArray, residual: FloatArray, bread: FloatArray, n_pairs: int
) -> FloatArray:
    """(p, p) covariance of slopes clustered by unordered pair.

    B (sum_g s_g s_g') B G / (G - 1), s_g the sum of the scores of both directions and all years of
    a pair; NaN with one pair.

    Args:
        within: (p, T, n, n) regressors less effects.
        residual: (T, n, n) trade less fit.
        bread: (p, p) B.
        n_pairs: G.

    Source: Cameron and Miller (2015), eq. 11.
    """
    if n_pairs < 2:
        return np.full_like(bread, np.nan)
    scores = np.einsum("ptij,tij->pij", within, residual)
    scores += scores.transpose(0, 2, 1)
    of_pairs = scores[:, *np.triu_indices(scores.shape[1], 1)]
    meat = of_pairs @ of_pairs.T
    found: FloatArray = bread @ meat @ bread * (n_pairs / (n_pairs - 1.0))
    return found


def _counts(world: World) -> dict[str, Any]:
    return {
        "world": world,
        "n_obs": int(world.is_used.sum()),
        "n_zeros": int((world.is_used & (world.trade == 0.0)).sum()),
        "n_pairs": len(world.pairs[0]),
        "n_exporter_years": int(world.has("exporter").sum()),
        "n_importer_years": int(world.has("importer").sum()),
    }


def _apart(world: World, joined: Components) -> str:
    """Which economies nothing joins to the others, of the first such year."""
    t = int(np.argmax(joined.n_apart > 1))
    labels = joined.label[t]
    counts = np.bincount(labels[labels >= 0])
    rest = np.flatnonzero((labels >= 0) & (labels != int(np.argmax(counts))))
    n = len(world.economies)
    names = sorted({world.economies[k % n] for k in rest})
    return (
        f"in {world.years[t]} no cell joins {', '.join(names)} to the other exporters and "
        "importers: their effects cannot be compared"
    )


def _deviance(problem: Problem, fitted: FloatArray) -> float:
    """2 sum (y ln(y / mu) - (y - mu))."""
    y, mu = problem.trade[problem.is_used], fitted[problem.is_used]
    ratio = np.where(y > 0.0, y, mu) / mu
    return max(0.0, 2.0 * float((y * np.log(ratio) - (y - mu)).sum()))
