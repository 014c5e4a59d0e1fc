"""Rows of the audit: numbers beside their second computation, many of a kind by the worst."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.compare import COLUMNS
from trade_potential.audit.published import Record

ESTIMATOR = "ppml_structural"


@dataclass
class Findings:
    """What is found of one specification of a study."""

    study_id: str
    spec_id: str
    rows: list[Record] = field(default_factory=list)

    def number(
        self,
        quantity: str,
        published: float,
        recomputed: float,
        *,
        tolerance: float,
        reference: str,
        term: str = "",
        covariance: str = "",
        scale: float = 0.0,
        reason: str = "",
    ) -> None:
        """Add one number.

        relative difference = |published - recomputed| / max(|published|, |recomputed|, scale)
        """
        size = max(abs(published), abs(recomputed), scale)
        both = np.isfinite(published), np.isfinite(recomputed)
        difference = abs(published - recomputed) / (size or 1.0) if all(both) else np.nan
        agrees = difference <= tolerance if all(both) else both[0] == both[1]
        self.rows.append(
            {
                "study_id": self.study_id,
                "spec_id": self.spec_id,
                "estimator": ESTIMATOR,
                "covariance": covariance,
                "quantity": quantity,
                "term": term,
                "published": published,
                "recomputed": recomputed,
                "relative_difference": difference,
                "tolerance": tolerance,
                "reference": reference,
                "status": "agrees" if agrees else "differs",
                "reason": reason,
            }
        )

    def largest(
        self,
        quantity: str,
        published: npt.NDArray[Any],
        recomputed: npt.NDArray[Any],
        *,
        named: Callable[[int], str],
        scale: npt.NDArray[Any] | float = 0.0,
        **said: Any,
    ) -> None:
        """Add of numbers of one kind the one whose relative difference is largest.

        A number that one side lacks is worse than any difference.

        Args:
            quantity: Of the row.
            published: Any shape; NaN: no number.
            recomputed: Of the same shape.
            named: What stands at a place of the flat arrays.
            scale: A size that differences are compared with at least.
            said: As ``number``.
        """
        one, other = published.ravel(), recomputed.ravel()
        has = np.isfinite(one), np.isfinite(other)
        size = np.maximum(np.maximum(np.abs(one), np.abs(other)), np.ravel(scale))
        with np.errstate(invalid="ignore", divide="ignore"):
            difference = np.where(one == other, 0.0, np.abs(one - other) / size)
        difference = np.where(has[0] & has[1], difference, np.where(has[0] != has[1], np.inf, -1.0))
        if not (counted := int((difference >= 0.0).sum())):
            return
        at = int(np.argmax(difference))
        least = float(np.broadcast_to(scale, published.shape).ravel()[at])
        reason = f"largest of {counted}: {named(at)}" if difference[at] else f"{counted}, all equal"
        self.number(quantity, float(one[at]), float(other[at]), scale=least, reason=reason, **said)

    def frame(self) -> pd.DataFrame:
        """The rows, with the columns of every audit."""
        return pd.DataFrame(self.rows, columns=list(COLUMNS)).astype(COLUMNS)
