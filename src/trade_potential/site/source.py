"""What the pages are made of: one release, and the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trade_potential.release.front import Release

Row = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """A release that is shown.

    Attributes:
        release: Which.
        before: The one before it, for what has changed; None: it is the first.
    """

    release: Release
    before: Release | None

    def rows(self, mart: str, *, where: str = "true", order: str = "all") -> list[Row]:
        """Rows of a mart as dictionaries.

        Args:
            mart: Name.
            where: Condition in DuckDB's SQL.
            order: Columns, as in ``order by``.
        """
        found = self.release.mart(mart).filter(where).order(order)
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
