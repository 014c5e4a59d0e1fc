"""The rows of one specification, as the second computation reads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from trade_potential.gravity.moments import ABSORBED_TOLERANCE, CONSTANT_TOLERANCE
from trade_potential.linalg import COLLINEARITY_TOLERANCE, FloatArray

PARTNER, YEAR = "partner_iso3", "year"


@dataclass(frozen=True)
class Panel:
    """Outcome and standardised regressors by partner and year.

    Regressors are shifted to mean 0 and scaled to standard deviation 1 before they reach a library:
    levels of 1e9 beside shares would cost it the digits that are to be compared. Least squares do
    not change under such a map, and ``natural`` leads the coefficients back.

    Attributes:
        outcome: (N,) indexed by partner and year.
        regressors: (N, p) standardised, the same index; NaN where a regressor is constant.
        mean, sd: (p,) of the regressors before.
    """

    outcome: pd.Series
    regressors: pd.DataFrame
    mean: FloatArray
    sd: FloatArray

    @classmethod
    def of(cls, sample: pd.DataFrame, terms: tuple[str, ...]) -> Panel:
        """Read v0, v1, ... of the rows of one specification."""
        rows = sample.sort_values([PARTNER, YEAR])
        index = pd.MultiIndex.from_frame(rows[[PARTNER, YEAR]])
        slots = [f"v{position}" for position in range(len(terms) + 1)]
        values = rows[slots].to_numpy(dtype=float)
        mean, sd = values[:, 1:].mean(axis=0), values[:, 1:].std(axis=0)
        sd = np.where(sd <= CONSTANT_TOLERANCE * np.abs(mean), np.nan, sd)
        return cls(
            outcome=pd.Series(values[:, 0], index=index, name="outcome"),
            regressors=pd.DataFrame(
                (values[:, 1:] - mean) / sd, index=index, columns=pd.Index(terms)
            ),
            mean=mean,
            sd=sd,
        )

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the regressors."""
        return tuple(str(name) for name in self.regressors.columns)

    @cached_property
    def sizes(self) -> pd.Series:
        """Rows of each partner."""
        return self.outcome.groupby(level=PARTNER).size()

    @cached_property
    def means(self) -> pd.DataFrame:
        """(G, p) means of the regressors by partner."""
        return self.regressors.groupby(level=PARTNER).mean()

    @cached_property
    def deviations(self) -> pd.DataFrame:
        """(N, p) deviations of the regressors from the means of their partner."""
        return self.regressors - self.regressors.groupby(level=PARTNER).transform("mean")

    @cached_property
    def absorbed(self) -> tuple[str, ...]:
        """Regressors that do not vary within partners."""
        share = (self.deviations**2).mean()
        return tuple(term for term in self.terms if share[term] <= ABSORBED_TOLERANCE)

    @property
    def outcome_sd(self) -> float:
        """Standard deviation of the outcome."""
        return float(self.outcome.std(ddof=0))

    def natural(self, terms: tuple[str, ...]) -> FloatArray:
        """(k + 1, k + 1) from coefficients of standardised regressors to those of the rows."""
        at = [self.terms.index(term) for term in terms]
        back = np.diag(np.concatenate([[1.0], 1.0 / self.sd[at]]))
        back[0, 1:] = -self.mean[at] / self.sd[at]
        return back

    def units(self, terms: tuple[str, ...]) -> FloatArray:
        """(k + 1,) outcome for one standard deviation of each regressor; constant first."""
        at = [self.terms.index(term) for term in terms]
        return self.outcome_sd * np.concatenate([[1.0], 1.0 / self.sd[at]])

    def objection(self, estimator: str) -> str:
        """Why the documented rules allow no estimate, seen on the rows; empty if they do."""
        flat = [term for term, sd in zip(self.terms, self.sd, strict=True) if np.isnan(sd)]
        if flat:
            return f"{', '.join(flat)} does not vary over the rows"
        if estimator == "within" and self.sizes.max() < 2:
            return "no partner has two rows"
        design = self.means if estimator == "between" else self.regressors
        lost = 1 + len(self.terms)
        if estimator == "within":
            kept = [term for term in self.terms if term not in self.absorbed]
            design = self.deviations[kept]
            lost = len(kept) + len(self.sizes)
        rows = len(design)
        if rows <= lost:
            return f"{rows - lost} residual degrees of freedom on the rows"
        return _collinear(design)


def _collinear(design: pd.DataFrame) -> str:
    """Names of regressors that those before them explain, as a sentence; empty without any."""
    centred = (design - design.mean()).to_numpy(dtype=float)
    length = np.sqrt((centred**2).sum(axis=0))
    # Standardised regressors have length sqrt(N): of one that does not vary only dirt is left.
    if (length <= 1e-8 * np.sqrt(len(design))).any():
        return "a regressor does not vary between partners"
    left = np.diag(np.linalg.qr(centred / length, mode="r")) ** 2
    names = [
        str(n) for n, x in zip(design.columns, left, strict=True) if x < COLLINEARITY_TOLERANCE
    ]
    return f"{', '.join(names)}: explained by the regressors before it" if names else ""


def condition_number(design: FloatArray) -> float:
    """Of the products of the columns, each scaled to length 1."""
    if design.shape[1] == 0:
        return 1.0
    return float(np.linalg.cond(design / np.sqrt((design**2).sum(axis=0))) ** 2)
