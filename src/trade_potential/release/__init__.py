"""Releases: every mart of one passed build as immutable files; see docs/operations.md."""

from trade_potential.release.compare import compare
from trade_potential.release.layout import ReleaseFolder, current_id, left_alone, released
from trade_potential.release.publish import Published, publish
from trade_potential.release.rollback import roll_back
from trade_potential.release.verify import complaints, verify_all

__all__ = [
    "Published",
    "ReleaseFolder",
    "compare",
    "complaints",
    "current_id",
    "left_alone",
    "publish",
    "released",
    "roll_back",
    "verify_all",
]
