"""Pages that scripts fill alone."""

from __future__ import annotations

from typing import Any

from trade_potential.site.source import Source
from trade_potential.words import Words


def context(_: Source, __: Words) -> dict[str, Any]:
    """Nothing beside the texts."""
    return {}
