"""Releases that stay, however many follow: ``pins.json`` beside them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from trade_potential.errors import ReleaseError
from trade_potential.release import disk, regular
from trade_potential.release.layout import find, released

PINS = "pins.json"

Pins = dict[str, dict[str, str]]
"""By id when it was pinned (``at``) and why (``reason``, which may be empty)."""


def pinned(root: Path) -> Pins:
    """The releases that are pinned.

    Raises:
        ReleaseError: The file is none of ours: nothing may be removed before it is mended.
    """
    path = root / PINS
    try:
        read = json.loads(regular.read(path))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise ReleaseError(f"{path}: cannot be read ({error}); mend or remove it") from error
    if not isinstance(read, dict) or not all(_is_pin(pin) for pin in read.values()):
        raise ReleaseError(f"{path}: is no list of pinned releases; mend or remove it")
    return read


def _is_pin(pin: object) -> bool:
    return (
        isinstance(pin, dict)
        and pin.keys() == {"at", "reason"}
        and all(isinstance(text, str) for text in pin.values())
    )


def pin(root: Path, wanted: str, reason: str = "", *, wait: float = disk.WAIT_SECONDS) -> str:
    """Keep a release from being removed by later ones; again with another reason replaces it.

    Returns:
        Its id.

    Raises:
        ReleaseError: There is no such release.
    """
    with disk.locked(root, wait_seconds=wait):
        name = find(root, wanted).release_id
        add(root, name, reason)
    return name


def add(root: Path, name: str, reason: str) -> None:
    """Pin an id, also of a release that is about to be there; its caller holds the lock."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    _write(root, pinned(root) | {name: {"at": at, "reason": reason.strip()}}, name)


def unpin(root: Path, wanted: str, *, wait: float = disk.WAIT_SECONDS) -> str:
    """Let a release go when it is old; returns its id.

    Raises:
        ReleaseError: It is not pinned.
    """
    with disk.locked(root, wait_seconds=wait):
        pins = pinned(root)
        name = find(root, wanted).release_id if wanted == "current" else wanted
        if name not in pins:
            there = ", ".join(sorted(pins)) or "none"
            raise ReleaseError(f"{root}: {name} is not pinned; pinned are {there}")
        _write(root, {other: pin for other, pin in pins.items() if other != name})
    return name


def _write(root: Path, pins: Pins, coming: str | None = None) -> None:
    """Write the file; of releases that are gone nothing stays."""
    there = {release.release_id for release in released(root)} | {coming}
    kept = {name: pin for name, pin in sorted(pins.items()) if name in there}
    disk.write_text(root / PINS, json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
