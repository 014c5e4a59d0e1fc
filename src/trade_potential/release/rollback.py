"""Point ``current`` at another release."""

from __future__ import annotations

from pathlib import Path

from trade_potential.errors import ReleaseError
from trade_potential.release import disk
from trade_potential.release.layout import ReleaseFolder, current_id, find, released
from trade_potential.release.verify import complaints


def roll_back(
    root: Path, wanted: str | None = None, *, wait_seconds: float = disk.WAIT_SECONDS
) -> tuple[ReleaseFolder, list[str]]:
    """Verify a release, then move ``current`` to it; nothing is removed.

    Args:
        root: The directory of releases.
        wanted: Its id; default the one before the current.
        wait_seconds: How long to wait while another process publishes.

    Returns:
        The release that is current now, and what was found of killed processes.

    Raises:
        ReleaseError: There is none, or it is not as it was published; ``current`` stays.
    """
    if not root.is_dir():
        raise ReleaseError(f"{root}: no such directory; dbt build makes it")
    with disk.locked(root, wait_seconds=wait_seconds):
        notes = disk.recover(root)
        now = current_id(root)
        if wanted is None:
            known = released(root)
            # By sequence, so that it works where the release that current names is gone.
            sequence = int(now.split("-")[0]) if now else float("inf")
            older = [release for release in known if release.sequence < sequence]
            if not older:
                raise ReleaseError(f"{root}: no release is older than {now or 'none'}")
            target = older[-1]
        else:
            target = find(root, wanted)
        wrong = complaints(target)
        if wrong:
            raise ReleaseError(f"{target.release_id} is damaged, current stays: {'; '.join(wrong)}")
        if target.release_id != now:
            disk.point(root, target.release_id)
    return target, notes
