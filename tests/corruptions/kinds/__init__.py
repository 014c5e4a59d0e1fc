"""Mistakes that providers and analysts make in figures, as rows.

The list was written without looking at what the gate checks.
"""

from .form import Economy, Kind, applied
from .others import OTHERS
from .pairs import PAIRED
from .series import NAMED, SERIES, VINTAGES, WHOLE_COUNTRIES
from .trade import TRADE
from .units import UNITS

KINDS: tuple[Kind, ...] = (
    *NAMED,
    *UNITS,
    *SERIES,
    *VINTAGES,
    *WHOLE_COUNTRIES,
    *TRADE,
    *PAIRED,
    *OTHERS,
)

__all__ = ["KINDS", "Economy", "Kind", "applied"]
