"""The rows of one specification, as the second computation reads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from trade_potential.audit.collinear import collinear
from trade_potential.gravity.moments import MEAN_OF
from trade_potential.gravity.time_effects import ABSORBED_TWOWAY
from trade_potential.linalg import FloatArray
from trade_potential.precision import is_constant, rounding

PAIR, YEAR = "pair_id", "year"
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Panel:
    """Outcome and standardised regressors by partner and year.

    Columns are shifted to mean 0 and regressors scaled to standard deviation 1 before they reach a
    library: levels of 1e9 beside shares would cost it the digits that are to be compared. Least
    squares do not change under such a map, and ``natural`` leads the coefficients back. The mean of
    a regressor over the rows of a partner, a term of correlated random effects, is mapped as it is.

    Attributes:
        outcome: (N,) in deviations from its mean, indexed by partner and year.
        regressors: (N, p) standardised, the same index; those that say something over the rows.
        mean, sd: (p + 1,) of outcome and regressors before; sd is NaN of a constant outcome.
        omitted: Regressors that do not vary, or are combinations of those before them.
    """

    outcome: pd.Series
    regressors: pd.DataFrame
    mean: FloatArray
    sd: FloatArray
    omitted: tuple[str, ...]

    @classmethod
    def of(cls, sample: pd.DataFrame, terms: tuple[str, ...]) -> Panel:
        """Read v0, v1, ... of the rows of one specification."""
        rows = sample.sort_values([PAIR, YEAR])
        index = pd.MultiIndex.from_frame(rows[[PAIR, YEAR]])
        slots = [f"v{position}" for position in range(len(terms) + 1)]
        values = rows[slots].to_numpy(dtype=float)
        # Differences of values far from zero are exact, and their sums keep the digits.
        origin = values[0]
        values = values - origin
        shift = values.mean(axis=0)
        values = values - shift
        mean, sd = origin + shift, values.std(axis=0)
        sd = np.where(is_constant(sd, mean), np.nan, sd)
        varying = 1 + np.flatnonzero(~np.isnan(sd[1:]))
        x = values[:, varying] / sd[varying]
        kept = np.delete(varying, collinear(np.column_stack([np.ones(len(x)), x])))
        names = tuple(terms[k - 1] for k in kept)
        at = [0, *kept.tolist()]
        return cls(
            outcome=pd.Series(values[:, 0], index=index, name="outcome"),
            regressors=pd.DataFrame(
                values[:, kept] / sd[kept], index=index, columns=pd.Index(names)
            ),
            mean=mean[at],
            sd=sd[at],
            omitted=tuple(term for term in terms if term not in names),
        )

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the regressors."""
        return tuple(str(name) for name in self.regressors.columns)

    @cached_property
    def partners(self) -> Codes:
        """(N,) partner of each row as a number from 0."""
        return self.outcome.index.get_level_values(PAIR).factorize()[0]

    @cached_property
    def years(self) -> Codes:
        """(N,) year of each row as a number from 0, ascending."""
        return self.outcome.index.get_level_values(YEAR).factorize(sort=True)[0]

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """(G,) rows of each partner."""
        return np.bincount(self.partners).astype(np.int64)

    @cached_property
    def n_years(self) -> int:
        """Years with a row."""
        return int(self.years.max()) + 1

    @cached_property
    def n_blocks(self) -> int:
        """Groups of years that no partner connects: each costs one year effect."""
        groups = len(self.sizes)
        links = coo_array(
            (np.ones(len(self.partners)), (self.partners, groups + self.years)),
            shape=(groups + self.n_years,) * 2,
        )
        found: int = connected_components(links, directed=False)[0]
        return found

    @cached_property
    def values(self) -> FloatArray:
        """(N, p + 1) outcome and regressors."""
        return np.column_stack([self.outcome, self.regressors])

    @cached_property
    def means(self) -> FloatArray:
        """(G, p + 1) their means by partner."""
        sums = [np.bincount(self.partners, weights=column) for column in self.values.T]
        return np.column_stack(sums) / self.sizes[:, None]

    @cached_property
    def deviations(self) -> FloatArray:
        """(N, p + 1) their deviations from the means of the partner."""
        return self.values - self.means[self.partners]

    @cached_property
    def twoway(self) -> FloatArray:
        """(N, p + 1) what is left of the deviations beside the years' dummies."""
        dummies = np.equal.outer(self.years, np.arange(self.n_years)).astype(float)
        seen = np.zeros((len(self.sizes), self.n_years))
        np.add.at(seen, (self.partners, self.years), 1.0)
        dummies -= (seen / self.sizes[:, None])[self.partners]
        slopes = np.linalg.lstsq(dummies, self.deviations, rcond=1e-10)[0]
        return np.asarray(self.deviations - dummies @ slopes)

    @property
    def rounding(self) -> FloatArray:
        """(p,) mean square of a standardised regressor that says nothing."""
        least: FloatArray = (rounding(self.sd, self.mean) / self.sd)[1:] ** 2
        return least

    @cached_property
    def absorbed(self) -> tuple[str, ...]:
        """Regressors that do not vary within partners."""
        left = (self.deviations[:, 1:] ** 2).mean(axis=0) <= self.rounding
        return tuple(t for t, gone in zip(self.terms, left, strict=True) if gone)

    @cached_property
    def absorbed_twoway(self) -> tuple[str, ...]:
        """Regressors that are sums of something of the partner and something of the year."""
        inner = (self.deviations[:, 1:] ** 2).sum(axis=0)
        left = (self.twoway[:, 1:] ** 2).sum(axis=0) <= ABSORBED_TWOWAY * inner
        return tuple(
            t for t, gone in zip(self.terms, left, strict=True) if gone or t in self.absorbed
        )

    @cached_property
    def flat_between(self) -> tuple[str, ...]:
        """Regressors whose means do not vary between partners."""
        left = self.means[:, 1:].var(axis=0) <= self.rounding
        return tuple(t for t, gone in zip(self.terms, left, strict=True) if gone)

    @property
    def outcome_sd(self) -> float:
        """Standard deviation of the outcome."""
        return float(self.outcome.std(ddof=0))

    def at(self, terms: tuple[str, ...]) -> list[int]:
        """Positions of regressors, of a partner mean that of its regressor; the outcome is 0."""
        position = {MEAN_OF.format(term): k for k, term in enumerate(self.terms, start=1)}
        position |= {term: k for k, term in enumerate(self.terms, start=1)}
        return [position[term] for term in terms]

    def natural(self, terms: tuple[str, ...]) -> FloatArray:
        """(k + 1, k + 1) from coefficients of these columns to those of the rows.

        The mean of the outcome is still to be added to the constant.
        """
        at = self.at(terms)
        back = np.diag(np.concatenate([[1.0], 1.0 / self.sd[at]]))
        back[0, 1:] = -self.mean[at] / self.sd[at]
        return back

    def units(self, terms: tuple[str, ...]) -> FloatArray:
        """(k + 1,) outcome for one standard deviation of each regressor; constant first."""
        return self.outcome_sd * np.concatenate([[1.0], 1.0 / self.sd[self.at(terms)]])
