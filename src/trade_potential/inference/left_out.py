"""Regressors that get no coefficient: the rule, and the words for it.

Regressors are taken in the order in which they are named, after the constant and the effects. One
that says nothing new is left out, so that of several that say the same the last named goes, and
the fitted values are those of any other choice.

==========  ==================================================================================
omitted     over the sample: it does not vary, or is a linear combination of those before it;
            between: its entity means do not vary, or are a combination of those before them
absorbed    it does not vary once the effects are out, or is a combination of those before it then
separated   PPML: only rows that it drops tell the coefficient, which is infinite
==========  ==================================================================================

Order and tolerance are those of an unpivoted Cholesky factorisation (``linalg``), as fixest's; R's
lm leaves out the last named as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

ABSORBED, OMITTED = "absorbed", "omitted"
WITHOUT_COEFFICIENT = (ABSORBED, OMITTED)
"""What is said of a regressor in place of its coefficient."""

CONSTANT_REGRESSOR = "{} does not vary over the sample"
BEYOND_DOUBLES = f"{CONSTANT_REGRESSOR} beyond the distance of doubles there"
COMBINATION = "{} is a linear combination of the regressors before it"

OF_ABSORBED = re.compile(
    r"(: absorbed by the effects|once the effects are out|before it and the effects)$"
    r"|^the effects of .* absorb "
)
"""Reasons of absorbed regressors."""


def beside_absorbed(reason: str) -> str:
    """What a reason says of anything but absorbed regressors."""
    return "; ".join(part for part in reason.split("; ") if not OF_ABSORBED.search(part))


@dataclass(frozen=True)
class LeftOut:
    """Regressors without a coefficient, each kind as above.

    Attributes:
        omitted, absorbed, separated: Their names.
        reason: What is wrong with them, in one sentence for each kind.
    """

    omitted: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    separated: tuple[str, ...] = ()
    reason: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.omitted, *self.absorbed, *self.separated)

    def adding(
        self, kind: Literal["omitted", "absorbed", "separated"], names: tuple[str, ...], said: str
    ) -> LeftOut:
        """With more of a kind, and what is said of them, their names in place of ``{}``."""
        if not names:
            return self
        more: dict[str, Any] = {kind: (*getattr(self, kind), *names)}
        reason = "; ".join(filter(None, [self.reason, said.format(", ".join(names))]))
        return replace(self, reason=reason, **more)
