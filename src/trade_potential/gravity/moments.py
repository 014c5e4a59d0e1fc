"""Sufficient statistics of a panel: all that coefficients and classical errors need of its rows.

They do not grow with the rows; the sums of entities beside them, for clustered errors, grow with
the entities. Other covariances take a pass over the rows, see ``scores``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from trade_potential.errors import InputError
from trade_potential.gravity.time_effects import TimeMoments
from trade_potential.linalg import FloatArray
from trade_potential.precision import is_constant, refuse_squares, rounding
from trade_potential.rows.columns import parts_of

if TYPE_CHECKING:
    from trade_potential.gravity.on_blocks.entity_file import EntityFile
    from trade_potential.rows.columns import Table

PARTS = ("origin", "mean", "within", "pair_count", "pair_mass", "between_sum", "between")
KEY = ["moment", "group_size", "time_key", "other_time_key", "row_slot", "col_slot"]

MEAN_OF = "mean({})"
"""Name of the entity mean of a regressor, as a term of correlated random effects."""


@dataclass(frozen=True)
class PanelMoments:
    """Moments of an outcome (position 0) and p regressors over N rows of G entities.

    Columns are shifted by one of their values, and means taken out, before products are summed:
    within products around entity means, between products of entity means around the grand mean. So
    values far from zero keep the digits they have. Random effects weigh an entity by the number of
    its rows, so between moments are kept by group size. With weights, means and products are
    weighted, and an entity counts between with the mean mass of its rows.

    Attributes:
        terms: Names of the p regressors.
        origin: (p + 1,) value that every row of a column was shifted by.
        mean: (p + 1,) grand mean over the shifted rows; ``centre`` is that of the rows.
        within: (p + 1, p + 1) sum of products around entity means.
        sizes: (m,) distinct numbers of rows an entity has.
        counts: (m,) entities of each size.
        masses: (m,) sum over entities of the mean mass of their rows: counts without weights.
        between_sum: (m, p + 1) sum over entities of entity mean minus grand mean, times mean mass.
        between: (m, p + 1, p + 1) sum over entities of its products, times mean mass.
        times: The small side of two-way effects; None where it was not asked for.
        is_weighted: Whether rows count with different weights.
        pairs: The sums of each entity, from which clustered covariances are taken; None of moments
            that SQL made, or of a part of the terms.
        alike: Of a weighted sample the moments with the weights of each entity scaled to a mean of
            one, so that entities count by their rows and between alike; None without weights.
    """

    terms: tuple[str, ...]
    origin: FloatArray
    mean: FloatArray
    within: FloatArray
    sizes: FloatArray
    counts: FloatArray
    masses: FloatArray
    between_sum: FloatArray
    between: FloatArray
    times: TimeMoments | None
    is_weighted: bool = False
    pairs: EntityFile | None = None
    alike: PanelMoments | None = None

    @property
    def n_obs(self) -> int:
        """Rows N."""
        return round(float(self.sizes @ self.counts))

    @property
    def n_entities(self) -> int:
        """Entities G."""
        return round(float(self.counts.sum()))

    @property
    def total(self) -> FloatArray:
        """(p + 1, p + 1) products around the grand mean over all rows."""
        return self.within + np.tensordot(self.sizes, self.between, axes=1)

    @property
    def centre(self) -> FloatArray:
        """(p + 1,) grand mean over rows."""
        return self.origin + self.mean

    @property
    def spread(self) -> FloatArray:
        """(p + 1,) standard deviation over rows."""
        return np.sqrt(np.maximum(np.diag(self.total), 0.0) / self.n_obs)

    @property
    def rounding(self) -> FloatArray:
        """(p + 1,) mean square up to which what effects leave of a column is rounding."""
        return rounding(self.spread, self.centre) ** 2

    @property
    def is_constant(self) -> npt.NDArray[np.bool_]:
        """(p + 1,) whether a column does not vary beyond the distance of doubles."""
        return is_constant(self.spread, self.centre)

    def positions(self, terms: tuple[str, ...]) -> list[int]:
        """Positions of regressors in the arrays; 0 is the outcome."""
        return [self.terms.index(term) + 1 for term in terms]

    def _at(self, kept: list[int], terms: tuple[str, ...]) -> PanelMoments:
        """The moments of some positions, which may repeat."""
        return replace(
            self,
            terms=terms,
            origin=self.origin[kept],
            mean=self.mean[kept],
            within=self.within[np.ix_(kept, kept)],
            between_sum=self.between_sum[:, kept],
            between=self.between[:, kept][:, :, kept],
            times=None if self.times is None else self.times.at(kept),
            pairs=None,
            alike=None if self.alike is None else self.alike._at(kept, terms),
        )

    def select(self, terms: tuple[str, ...]) -> PanelMoments:
        """The same sample with some of the regressors."""
        return self._at([0, *self.positions(terms)], terms)

    def with_means(self, terms: tuple[str, ...]) -> PanelMoments:
        """The same sample with the entity means of ``terms`` as further regressors, at the end.

        No further pass over the rows: a mean has no variance within, and between it moves as the
        regressor does.
        """
        kept = [*range(len(self.terms) + 1), *self.positions(terms)]
        names = tuple(MEAN_OF.format(term) for term in terms)
        more = replace(self, times=None)._at(kept, (*self.terms, *names))
        added = np.arange(len(kept)) > len(self.terms)
        for moments in (more, more.alike):
            if moments is not None:
                moments.within[added, :] = 0.0
                moments.within[:, added] = 0.0
        return more

    @classmethod
    def from_rows(cls, rows: Table, terms: tuple[str, ...]) -> PanelMoments:
        """Read the moments from rows as SQL returns them.

        Args:
            rows: Columns ``moment`` (one of ``PARTS``), ``group_size``, ``row_slot``, ``col_slot``
                (row_slot <= col_slot) and ``moment_value``; slot 0 is the outcome, slot
                k the k-th term, and origins are the lowest values. For two-way effects also what
                ``TimeMoments.from_parts`` reads.
            terms: Names of the regressors by slot.

        Raises:
            InputError: A moment is missing, doubled, not finite or of no term; a column is too
                large or too small to square.
        """
        p = len(terms) + 1
        parts = parts_of(rows, "moment", [*KEY[1:], "moment_value"])
        names = ("the outcome", *terms)
        _refuse_bad_rows(parts, names)
        absent = [name for name in PARTS if name not in parts]
        if absent:
            raise InputError(f"no moments named {', '.join(absent)}")
        counted, weighed = parts["pair_count"], parts["pair_mass"]
        order = np.argsort(counted["group_size"])
        sizes = counted["group_size"][order]
        counts = counted["moment_value"][order]
        masses = weighed["moment_value"][np.argsort(weighed["group_size"])]
        origin, mean = np.full(p, np.nan), np.full(p, np.nan)
        within = np.full((p, p), np.nan)
        between_sum = np.full((len(sizes), p), np.nan)
        between = np.full((len(sizes), p, p), np.nan)

        def column(part: str, name: str) -> npt.NDArray[np.int_]:
            return parts[part][name].astype(np.int_)

        def value(part: str) -> FloatArray:
            return parts[part]["moment_value"]

        def size(part: str) -> npt.NDArray[np.int_]:
            return np.searchsorted(sizes, parts[part]["group_size"])

        highest = max(column("mean", "row_slot").max(), column("within", "col_slot").max())
        if highest >= p:
            raise InputError(f"moments of slot {highest}, but {len(terms)} terms")
        origin[column("origin", "row_slot")] = value("origin")
        mean[column("mean", "row_slot")] = value("mean")
        i, j = column("within", "row_slot"), column("within", "col_slot")
        within[i, j] = within[j, i] = value("within")
        between_sum[size("between_sum"), column("between_sum", "row_slot")] = value("between_sum")
        m, i, j = size("between"), column("between", "row_slot"), column("between", "col_slot")
        between[m, i, j] = between[m, j, i] = value("between")
        for name, array in (
            ("origin", origin),
            ("mean", mean),
            ("within", within),
            ("between_sum", between_sum),
            ("between", between),
        ):
            if np.isnan(array).any():
                raise InputError(
                    f"moment '{name}' does not cover the outcome and {len(terms)} terms"
                )
        moments = cls(
            terms=terms,
            origin=origin,
            mean=mean,
            within=within,
            sizes=sizes,
            counts=counts,
            masses=masses,
            between_sum=between_sum,
            between=between,
            times=TimeMoments.from_parts(parts, p),
        )
        # The origin is the lowest value: only a column that does not vary has a mean of 0 above it.
        refuse_squares(names, np.diag(moments.total), mean != 0.0)
        return moments


def _refuse_bad_rows(parts: dict[str, dict[str, FloatArray]], names: tuple[str, ...]) -> None:
    """Raise InputError where a moment is not finite, or there twice."""
    for name, part in parts.items():

        def slots(row: int, part: dict[str, FloatArray] = part) -> str:
            at = [part[slot][row] for slot in ("row_slot", "col_slot")]
            return ", ".join("none" if np.isnan(k) else f"{k:.0f}" for k in at)

        for row in np.flatnonzero(~np.isfinite(part["moment_value"]))[:1]:
            slot = part["row_slot"][row]
            if slot == part["col_slot"][row] and slot < len(names):
                refuse_squares([names[int(slot)]], np.array([np.inf]), np.array([True]))
            raise InputError(
                f"moment '{name}' of slots {slots(row)} is not finite: the sample holds a value "
                "that is not finite, or too large to square"
            )
        keys = np.nan_to_num(np.column_stack([part[key] for key in KEY[1:]]), nan=-1.0)
        _, first, times = np.unique(keys, axis=0, return_index=True, return_counts=True)
        for row in first[times > 1][:1]:
            raise InputError(f"moment '{name}' of slots {slots(row)} is there twice")
