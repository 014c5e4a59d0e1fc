"""Releases: every mart of one passed build as immutable files; see docs/operations.md."""

from trade_potential.release.archive import export, restore
from trade_potential.release.compare import compare
from trade_potential.release.held import HeldError, accept, reject
from trade_potential.release.layout import (
    ReleaseFolder,
    candidates,
    current_id,
    left_alone,
    released,
)
from trade_potential.release.pins import pin, pinned, unpin
from trade_potential.release.publish import Published, publish
from trade_potential.release.rollback import roll_back
from trade_potential.release.status import status
from trade_potential.release.verify import complaints, verify_all

__all__ = [
    "HeldError",
    "Published",
    "ReleaseFolder",
    "accept",
    "candidates",
    "compare",
    "complaints",
    "current_id",
    "export",
    "left_alone",
    "pin",
    "pinned",
    "publish",
    "reject",
    "released",
    "restore",
    "roll_back",
    "status",
    "unpin",
    "verify_all",
]
