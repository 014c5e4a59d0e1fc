"""Which regressors get no coefficient, and why: one rule for every estimator, PPML included.

Regressors are taken in the order in which they are named, after the constant and the effects. One
that says nothing new is left out, so that of several that say the same the last named goes, and
the fitted values are those of any other choice.

==========  ==================================================================================
omitted     over the sample: it does not vary, or is a linear combination of those before it;
            between: its entity means do not vary, or are a combination of those before them
absorbed    it does not vary once the effects are out, or is a combination of those before it then
==========  ==================================================================================

Order and tolerance are those of an unpivoted Cholesky factorisation (``linalg``), as fixest's; R's
lm leaves out the last named as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from trade_potential.gravity.moments import PanelMoments
from trade_potential.linalg import collinear_columns

CONSTANT = "{} does not vary over the sample"
BEYOND = f"{CONSTANT} beyond the distance of doubles there"
COMBINATION = "{} is a linear combination of the regressors before it"
"""Reasons of omitted regressors, also of PPML."""

OF_ABSORBED = re.compile(
    r"(: absorbed by the effects|once the effects are out|before it and the effects)$"
    r"|^the effects of .* absorb "
)
"""Reasons of absorbed regressors, also of PPML."""


def beside_absorbed(reason: str) -> str:
    """What a reason says of anything but absorbed regressors."""
    return "; ".join(part for part in reason.split("; ") if not OF_ABSORBED.search(part))


@dataclass(frozen=True)
class LeftOut:
    """Regressors without a coefficient.

    Attributes:
        omitted, absorbed: As above.
        reason: What is wrong with them, in one sentence for each kind.
    """

    omitted: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    reason: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.omitted, *self.absorbed)

    @classmethod
    def of_sample(cls, moments: PanelMoments) -> LeftOut:
        """Those that say nothing over the sample, whatever the estimator."""
        flat, spread = moments.is_constant[1:], moments.spread[1:]
        names = np.array(moments.terms, dtype=object)
        constant, rounding = names[flat & (spread == 0.0)], names[flat & (spread > 0.0)]
        varying = tuple(names[~flat])
        used = moments.positions(varying)
        found = collinear_columns(moments.total[np.ix_(used, used)])
        dependent = tuple(varying[k] for k in found)
        return (
            cls()
            ._with(omitted=tuple(constant), said=CONSTANT)
            ._with(omitted=tuple(rounding), said=BEYOND)
            ._with(omitted=dependent, said=COMBINATION)
        )

    def with_omitted(
        self, flat: tuple[str, ...], dependent: tuple[str, ...], *, is_between: bool
    ) -> LeftOut:
        """Also those that say nothing as an estimator without effects weighs the rows."""
        means = "the partner means of {} are a combination of those before them"
        return self._with(omitted=flat, said="{} does not vary between partners")._with(
            omitted=dependent, said=means if is_between else COMBINATION
        )

    def with_absorbed(
        self, flat: tuple[str, ...], dependent: tuple[str, ...], *, is_twoway: bool
    ) -> LeftOut:
        """Also those that say nothing once the effects are out."""
        beside = " beside what all share in a year" if is_twoway else ""
        gone = f"{{}} does not vary within partners{beside}: absorbed by the effects"
        more = "{} is a combination of the regressors before it once the effects are out"
        return self._with(absorbed=flat, said=gone)._with(absorbed=dependent, said=more)

    def _with(
        self, *, omitted: tuple[str, ...] = (), absorbed: tuple[str, ...] = (), said: str
    ) -> LeftOut:
        names = ", ".join((*omitted, *absorbed))
        if not names:
            return self
        return replace(
            self,
            omitted=(*self.omitted, *omitted),
            absorbed=(*self.absorbed, *absorbed),
            reason="; ".join(filter(None, [self.reason, said.format(names)])),
        )
