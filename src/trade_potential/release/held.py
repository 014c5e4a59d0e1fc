"""Candidates beyond a limit of the exit gate: kept whole, then accepted or rejected by somebody.

A candidate is ``held-<id>`` beside the releases, with every file of one and read-only; no reader of
releases sees it. Accepted, it becomes a release under its own id, built of links to its files and
a manifest that says who accepted it. Killed at any point it still is held, or is released.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from trade_potential.errors import ReleaseError
from trade_potential.release import disk
from trade_potential.release.exit_gate import ENTRY, Verdict, told_of
from trade_potential.release.layout import (
    HELD,
    MANIFEST,
    MARKER,
    MARTS,
    STAGING,
    SUMS,
    ReleaseFolder,
    candidates,
    current_id,
    named,
)
from trade_potential.release.manifest import sums
from trade_potential.release.papers import restate
from trade_potential.release.signature import SIGNATURE, sign
from trade_potential.release.statement import STATEMENT
from trade_potential.release.verify import complaints

ANEW = (MANIFEST, STATEMENT, SUMS, SIGNATURE)
"""Files that an accepted candidate has of its own: they say, or check, who accepted it."""


class HeldError(ReleaseError):
    """A release is beyond a limit and waits to be accepted.

    Attributes:
        release_id: Of the candidate.
        findings: What is beyond, in sentences.
    """

    def __init__(self, release_id: str, message: str, findings: list[str]) -> None:
        """Of a candidate."""
        super().__init__(message)
        self.release_id = release_id
        self.findings = findings


def hold(root: Path, candidate: ReleaseFolder, verdict: Verdict) -> NoReturn:
    """Keep a complete candidate that is beyond a limit, in place of any other.

    One candidate is kept: the newest, for an older one is of figures or code that have changed
    since. Where the one that is held has the same marts it stays, so that whoever looks at it can
    still accept it.

    Raises:
        HeldError: Always; names what is beyond and the command that accepts.
    """
    before = verdict["compared_with"]
    waiting = candidates(root)
    for other in waiting:
        if _marts(other) == _marts(candidate) and _compared(other) == before:
            message = f"{other.release_id} is held with the same marts; it stays"
            raise _held(root, other.release_id, verdict, message)
    candidate.folder.rename(root / (HELD + candidate.release_id))
    disk.flush(root)
    message = f"{candidate.release_id} is held"
    for other in waiting:
        disk.discard(other.folder)
        message += f" in place of {other.release_id}"
    raise _held(root, candidate.release_id, verdict, message)


def _held(root: Path, name: str, verdict: Verdict, message: str) -> HeldError:
    """What a build ends with."""
    before, findings = verdict["compared_with"], told_of(verdict)
    where = "" if root.absolute() == Path("release").absolute() else f" --release-path {root}"
    command = "trade-potential releases"
    is_compared = before and verdict["beyond"][0]["measure"] != "comparison"
    look = f"see {command} diff {before} {name}{where}; " if is_compared else ""
    stays = f"{before} stays current" if before else "nothing is current"
    return HeldError(
        name,
        f"{message}, {stays}: {'; '.join(findings)}. To go on, {look}publish it with "
        f"{command} accept {name} --reason TEXT{where}, or drop it with "
        f"{command} reject {name}{where}",
        findings,
    )


def accept(
    root: Path, wanted: str, *, reason: str, by: str | None = None, wait: float = disk.WAIT_SECONDS
) -> tuple[ReleaseFolder, list[str]]:
    """Publish a candidate that is held; its manifest says who has accepted it, when and why.

    Args:
        root: The directory of releases.
        wanted: Id of the candidate.
        reason: Why it may be published.
        by: Who says so; by default the user of this process.
        wait: Seconds to wait while another process publishes.

    Returns:
        The release that is current now, and what was found of killed processes.

    Raises:
        ReleaseError: It is not held or damaged, or was not compared with what is current now;
            ``current`` stays.
    """
    if not reason.strip():
        raise ReleaseError("the reason is empty: say why the release may be published")
    with _words(), disk.locked(root, wait_seconds=wait):
        notes = disk.recover(root)
        candidate = find_held(root, wanted)
        _refuse_outdated(root, candidate)
        wrong = complaints(candidate)
        if wrong:
            raise ReleaseError(f"{wanted} is damaged, current stays: {'; '.join(wrong)}")
        staging = root / (STAGING + wanted)
        try:
            _copy(candidate, staging, _accepted(candidate, reason, by))
            disk.swap_in(root, staging, wanted)
            disk.discard(candidate.folder)
        except BaseException as error:
            if current_id(root) != wanted:  # what cannot be removed now, the next publish removes
                with contextlib.suppress(OSError):
                    disk.recover(root)
                raise
            if not isinstance(error, OSError):
                error.add_note(f"{wanted} is published all the same")
                raise
            notes.append(f"published, but perhaps not yet on the disk: {disk.in_words(error)}")
    return named(root / wanted), notes


def reject(root: Path, wanted: str, *, wait: float = disk.WAIT_SECONDS) -> list[str]:
    """Remove a candidate that is held; returns what was found of killed processes.

    Raises:
        ReleaseError: It is not held.
    """
    with _words(), disk.locked(root, wait_seconds=wait):
        notes = disk.recover(root)
        disk.discard(find_held(root, wanted).folder)
    return notes


@contextmanager
def _words() -> Iterator[None]:
    """Failures of the file system as ReleaseError."""
    try:
        yield
    except OSError as error:
        raise ReleaseError(f"{disk.in_words(error)}; current stays") from error


def find_held(root: Path, wanted: str) -> ReleaseFolder:
    """The candidate of an id.

    Raises:
        ReleaseError: There is none; the message says what is there.
    """
    waiting = candidates(root)
    for candidate in waiting:
        if candidate.release_id == wanted:
            return candidate
    if named(root / wanted).is_proven():
        raise ReleaseError(f"{root}: {wanted} is a release already, and not held")
    there = ", ".join(candidate.release_id for candidate in waiting) or "nothing"
    raise ReleaseError(
        f"{root}: {wanted} is not held; held is {there}, current is {current_id(root) or 'none'}"
    )


def is_outdated(root: Path, candidate: ReleaseFolder) -> bool:
    """Whether another release is current than the one the candidate was compared with."""
    return _compared(candidate) != current_id(root)


def _refuse_outdated(root: Path, candidate: ReleaseFolder) -> None:
    if not is_outdated(root, candidate):
        return
    name, current = candidate.release_id, current_id(root)
    compared = _compared(candidate)
    if current and int(current.split("-")[0]) > candidate.sequence:
        raise ReleaseError(
            f"{name} is older than {current}, which is current: an older candidate does not "
            f"replace a newer release; trade-potential releases reject {name} drops it"
        )
    raise ReleaseError(
        f"{name} was compared with {compared or 'no release'}, but {current or 'none'} is current: "
        "run dbt build, which compares with that"
    )


def _accepted(candidate: ReleaseFolder, reason: str, by: str | None) -> dict[str, Any]:
    """The manifest of the release that a candidate becomes."""
    said = candidate.manifest()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    accepted = {"by": by or user(), "at": now, "reason": reason.strip()}
    entry = {**said[ENTRY], "held_at": said["published_at"], "accepted": accepted}
    return {**said, "published_at": now, ENTRY: entry}


def user() -> str:
    """Login name of this process, or its number where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return f"user {os.getuid()}"


def _copy(candidate: ReleaseFolder, staging: Path, said: dict[str, Any]) -> None:
    """A sealed directory with the files of a candidate and a manifest of its own."""
    disk.begin(staging, candidate.release_id)
    for path in sorted(candidate.folder.rglob("*")):
        target = staging / path.relative_to(candidate.folder)
        if path.is_dir():
            target.mkdir()
        elif path.relative_to(candidate.folder).as_posix() not in ANEW:
            try:
                target.hardlink_to(path)
            except OSError:  # no links there
                shutil.copyfile(path, target)
    text = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    (staging / MANIFEST).write_text(text, encoding="utf-8")
    if (candidate.folder / STATEMENT).is_file():
        restate(candidate.folder / STATEMENT, staging)
    (staging / SUMS).write_text(sums(staging), encoding="utf-8")
    sign(staging)
    (staging / MARKER).unlink()
    disk.seal(staging)
    wrong = complaints(ReleaseFolder(candidate.release_id, candidate.sequence, staging))
    if wrong:
        raise ReleaseError(f"current stays: {'; '.join(wrong)}")


def _marts(candidate: ReleaseFolder) -> dict[str, str]:
    """Checksums of the Parquet files."""
    files = candidate.manifest()["files"]
    return {name: f["sha256"] for name, f in files.items() if name.startswith(f"{MARTS}/")}


def _compared(candidate: ReleaseFolder) -> str | None:
    """Id of the release that a candidate was compared with."""
    entry = candidate.manifest().get(ENTRY)
    return entry.get("compared_with") if isinstance(entry, dict) else None
