"""What K is and how it is computed, in a page of formulas and words."""

from __future__ import annotations

from typing import Any

from trade_potential.site.source import Source
from trade_potential.words import Words

CAVEATS = ("goods", "mean", "reallocation", "forecast", "oil", "zero", "own_benchmark")
PAPERS = (
    "Anderson, J. E. and van Wincoop, E. (2003), Gravity with gravitas",
    "Santos Silva, J. M. C. and Tenreyro, S. (2006), The log of gravity",
    "Fally, T. (2015), Structural gravity and fixed effects",
    "Yotov, Y. V. et al. (2016), An advanced guide to trade policy analysis",
    "Mundlak, Y. (1978), On the pooling of time series and cross section data",
)


def context(_: Source, __: Words) -> dict[str, Any]:
    """Keys of what to know before K is cited, and papers."""
    return {"caveats": CAVEATS, "papers": PAPERS}
