"""Rows as an estimator weighs them, and the documented rules on which it is refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.audit.collinear import beside, collinear
from trade_potential.audit.panel import Codes, Panel
from trade_potential.gravity.moments import MEAN_OF
from trade_potential.inference.registry import ESTIMATORS
from trade_potential.linalg import FloatArray


@dataclass(frozen=True)
class Design:
    """Least squares to which an estimator comes down.

    Attributes:
        estimator: Which.
        terms: Regressors with a coefficient; mundlak: partner means after them.
        left_out: Regressors that effects absorb, or whose means say nothing new between partners;
            mundlak: means that say nothing new.
        y: (n,) transformed outcome.
        x: (n, k + 1) transformed constant and regressors.
        partners, years: (n,) codes.
        n_absorbed: Effects beside the constant that the degrees of freedom count.
    """

    estimator: str
    terms: tuple[str, ...]
    left_out: tuple[str, ...]
    y: FloatArray
    x: FloatArray
    partners: Codes
    years: Codes
    n_absorbed: int

    @property
    def df_resid(self) -> int:
        """Residual degrees of freedom."""
        rows, columns = self.x.shape
        return int(rows - columns - self.n_absorbed)

    @property
    def condition(self) -> float:
        """Condition number of the products of the columns, each scaled to length 1."""
        return _condition(self.x)

    @property
    def condition_of_slopes(self) -> float:
        """The same of the regressors beside the constant."""
        return _condition(beside(self.x))


def design_of(panel: Panel, estimator: str, theta: dict[int, float]) -> Design:
    """Rows of an estimator; ``theta`` by rows of a partner is read for random and mundlak."""
    years, n_absorbed = panel.years, 0
    left_out: tuple[str, ...] = ()
    spec = ESTIMATORS[estimator]
    if spec.unit == "entity":
        values, partners = panel.means, np.arange(len(panel.sizes))
        constant, left_out = np.ones(len(values)), panel.flat_between
    elif spec.effects:
        is_twoway = spec.needs_time
        # The means go back: the constant is then that of the means, as for both libraries.
        values = (panel.twoway if is_twoway else panel.deviations) + panel.values.mean(axis=0)
        left_out = panel.absorbed_twoway if is_twoway else panel.absorbed
        partners, constant = panel.partners, np.ones(len(values))
        n_absorbed = len(panel.sizes) - 1 + (panel.n_years - panel.n_blocks if is_twoway else 0)
    else:
        partners = panel.partners
        taken = np.zeros(len(panel.sizes))
        if spec.has_theta:
            taken = np.array([theta[int(n)] for n in panel.sizes])
        values = panel.values - (taken[:, None] * panel.means)[partners]
        constant = 1.0 - taken[partners]
    terms = tuple(term for term in panel.terms if term not in left_out)
    x = np.column_stack([constant, values[:, panel.at(terms)]])
    if not spec.has_means:
        # Combinations that only show once the effects are out, or between the means of partners.
        left_out = (*left_out, *(terms[k] for k in collinear(x)))
        terms = tuple(term for term in terms if term not in left_out)
        x = np.column_stack([constant, values[:, panel.at(terms)]])
    if spec.has_means:
        varying = tuple(t for t in terms if t not in (*panel.absorbed, *panel.flat_between))
        means = constant[:, None] * panel.means[partners][:, panel.at(varying)]
        x = np.column_stack([x, means])
        names = (*terms, *(MEAN_OF.format(term) for term in varying))
        again = {names[k] for k in collinear(x)}
        left_out = tuple(name for name in names[len(terms) :] if name in again)
        terms = tuple(name for name in names if name not in left_out)
        x = x[:, [0, *(1 + names.index(name) for name in terms)]]
    if spec.unit == "entity":
        years = np.zeros(len(values), dtype=np.intp)
    return Design(estimator, terms, left_out, values[:, 0], x, partners, years, n_absorbed)


def objection(panel: Panel, design: Design) -> tuple[str, str]:
    """Status and sentence of the first documented rule that allows no estimate; empty if all do."""
    spec = ESTIMATORS[design.estimator]
    if spec.has_sigma_e and panel.sizes.max() < 2:
        return "single_period", "no partner has two rows"
    if spec.has_means:
        lost = len(panel.sizes) - 1 - len(panel.terms) + len(panel.flat_between)
        if lost <= 0:
            return "too_few_entities", f"{lost} residual degrees of freedom between partners"
    if design.df_resid <= 0:
        if spec.unit == "entity":  # means of too few partners are combinations of each other
            rest = design.df_resid - len(design.left_out)
            return "too_few_entities", f"{rest} residual degrees of freedom on the means"
        return "too_few_rows", f"{design.df_resid} residual degrees of freedom on the rows"
    return "", ""


def _condition(x: FloatArray) -> float:
    if x.shape[1] == 0:
        return 1.0
    length = np.sqrt((x**2).sum(axis=0))
    if not length.all():
        return float("inf")
    values = np.linalg.svd(np.linalg.qr(x / length, mode="r"), compute_uv=False)
    return float((values[0] / values[-1]) ** 2) if values[-1] > 0.0 else float("inf")
