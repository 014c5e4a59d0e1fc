"""Publish the marts of one build: everything written and verified, then one link moved.

Killed at any point, ``current`` is the old release or the new one:

1. The lock is taken, leftovers of killed processes are removed.
2. ``.staging-<id>`` gets every file, a large one that has not changed as a link to that of the
   current release; all are read again, compared, made read-only and flushed. What the build began
   from is looked at again.
3. The exit gate compares it with the current one. Beyond a limit it becomes ``held-<id>``, and
   ``current`` stays (held.py).
4. ``.pending`` names the id; the directory gets its name. It is complete, but no release.
5. ``current`` moves: from here on it is one. ``.pending`` goes.
6. Releases beyond the number kept are removed.

What has the name of a release or of a leftover, and is none, is never touched (layout.py).
"""

from __future__ import annotations

import contextlib
import json
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from trade_potential.errors import ReleaseError
from trade_potential.release import disk
from trade_potential.release.deadline import ended_after
from trade_potential.release.exit_gate import ENTRY, Limit, judge
from trade_potential.release.explain import Explained, explain
from trade_potential.release.held import hold
from trade_potential.release.layout import (
    MANIFEST,
    MARKER,
    STAGING,
    SUMS,
    ReleaseFolder,
    candidates,
    current_id,
    named,
    release_id,
    released,
)
from trade_potential.release.manifest import files_of, manifest, sums
from trade_potential.release.mart_files import (
    RELEASED,
    opened,
    refuse_other_contents,
    write_database,
    write_parquet,
)
from trade_potential.release.papers import papers, state
from trade_potential.release.pins import pinned
from trade_potential.release.provenance import Run
from trade_potential.release.series import write_series
from trade_potential.release.share import link_unchanged
from trade_potential.release.signature import sign
from trade_potential.release.texts import comments, digest, refuse_undescribed
from trade_potential.release.verify import complaints_by

if TYPE_CHECKING:
    import duckdb

KEPT = 10
Site = Callable[[ReleaseFolder, ReleaseFolder | None], None]
LIMIT_SECONDS = 600.0
"""For writing a release: some three hundred times what the default build takes."""


@dataclass(frozen=True)
class Published:
    """What came of a publish.

    Attributes:
        release: The release that is current now.
        notes: What was found of killed processes, and releases that were removed.
    """

    release: ReleaseFolder
    notes: tuple[str, ...]


class Tables(NamedTuple):
    """By name of the mart: its rows, the columns of its key, and the column that parts it.

    Beside them, the series of the inputs, and what is said of the marts.
    """

    marts: Mapping[str, duckdb.DuckDBPyRelation]
    keys: dict[str, list[str]]
    parts: Mapping[str, str]
    series: duckdb.DuckDBPyRelation | None
    explained: Explained | None
    acknowledged: duckdb.DuckDBPyRelation | None
    site: Site | None


def publish(
    root: Path,
    marts: Mapping[str, duckdb.DuckDBPyRelation],
    *,
    session: duckdb.DuckDBPyConnection,
    keys: dict[str, list[str]],
    parts: Mapping[str, str] | None = None,
    series: duckdb.DuckDBPyRelation | None = None,
    acknowledged: duckdb.DuckDBPyRelation | None = None,
    run_id: str,
    about: dict[str, Any],
    run: Run | None = None,
    explained: Explained | None = None,
    site: Site | None = None,
    limits: Sequence[Limit] = (),
    kept: int = KEPT,
    wait_seconds: float = disk.WAIT_SECONDS,
    limit_seconds: float = LIMIT_SECONDS,
) -> Published:
    """Write a release, verify it and make it current.

    Args:
        root: The directory of releases; made where there is none.
        marts: Rows by name of the mart, of tables that every connection to the database sees.
        session: A connection to that database.
        keys: Columns of the key by name of the mart.
        parts: Column by name of the mart, whose whole numbers part its Parquet into files.
        series: Of the inputs, for the gate of the next build (series.py); None: none are kept.
        acknowledged: Warnings somebody has looked into, for the report of the gate; None: none.
        run_id: Of the build.
        about: Further entries of the manifest.
        run: What the build began from: looked at again just before ``current`` moves, and told in
            files of the release. None: of marts that no build has made.
        explained: What is said of the marts, for comments in the DuckDB file, CSV, workbook, data
            package and lineage; None: the release has none of them.
        site: Writes pages for people into the folder of the release, whose manifest is there but
            for them; it gets the release before it, too. None: there are none.
        limits: What may differ from the current release; beyond them the release is held.
        kept: How many of the newest releases stay.
        wait_seconds: How long to wait while another process publishes.
        limit_seconds: How long writing may take.

    Raises:
        HeldError: The release is beyond a limit and waits; ``current`` is what it was.
        ReleaseError: Nothing was published and ``current`` is what it was; the message says why.
    """
    import duckdb

    if kept < 1:
        raise ReleaseError(f"releases_kept is {kept}; at least 1 is needed, the current one")
    if "?" in str(root.absolute()):
        raise ReleaseError(f"{root}: DuckDB reads no database in a folder whose path has a ?")
    if not marts:
        raise ReleaseError("there are no marts to publish")
    if explained is not None:
        refuse_undescribed(marts, explained.texts)
    is_new = not root.exists()
    try:
        with disk.locked(root, wait_seconds=wait_seconds):
            notes = disk.recover(root)
            if is_new and not root.stat().st_mode & stat.S_IXOTH:
                notes.append(disk.said_of_mode(root))
            previous = current_id(root)
            known = [*released(root), *candidates(root)]
            sequence = 1 + max((found.sequence for found in known), default=0)
            name = release_id(sequence, run_id)
            new = ReleaseFolder(name, sequence, root / name)
            about = {"run_id": run_id, **about}
            tables = Tables(marts, keys, parts or {}, series, explained, acknowledged, site)
            notes += _bring_in(new, previous, tables, session, about, run, limits, limit_seconds)
            notes += _retain(root, kept, {name, previous})
    except OSError as error:
        raise ReleaseError(f"{disk.in_words(error)}; nothing is published") from error
    except duckdb.Error as error:
        message = " ".join(str(error).split())
        raise ReleaseError(f"{root}: {message}; nothing is published") from error
    return Published(new, tuple(notes))


def _bring_in(
    new: ReleaseFolder,
    previous: str | None,
    tables: Tables,
    session: duckdb.DuckDBPyConnection,
    about: dict[str, Any],
    run: Run | None,
    limits: Sequence[Limit],
    limit_seconds: float,
) -> list[str]:
    """Write, verify and swap; what fails before the swap leaves no trace."""
    root = new.folder.parent
    before = named(root / previous) if previous else None
    staging = root / (STAGING + new.release_id)
    try:
        disk.begin(staging, new.release_id)
        # Closed before a failure removes the files.
        with session.cursor() as build, opened() as memory, ended_after(limit_seconds) as watch:
            watch(build)
            watch(memory)
            contents = write_parquet(staging, tables.marts, tables.keys, tables.parts, build=build)
            if tables.series is not None:
                write_series(staging, tables.series, build=build)
            told = explain(
                staging, tables.explained, contents, tables.keys, memory=memory, build=build
            )
            texts = tables.explained.texts if tables.explained else None
            columns = {mart: [name for name, _ in held.columns] for mart, held in contents.items()}
            said = list(comments(columns, texts, RELEASED))
            if not link_unchanged(staging, before, digest(said)):
                write_database(staging, contents, memory=memory, comments=said)
            refuse_other_contents(memory, staging, contents, tables.keys)
            papers(memory, staging, contents, run, tables.acknowledged)
            described = manifest(
                memory,
                staging,
                release=(new.release_id, new.sequence),
                previous=previous,
                about=about,
                contents=contents,
                keys=tables.keys,
                comments=digest(said),
            )
            candidate = ReleaseFolder(new.release_id, new.sequence, staging)
            _describe(staging, described)
            verdict = judge(memory, before, candidate, limits)
            described |= {ENTRY: verdict}
            _describe(staging, described)
            if tables.site is not None:
                tables.site(candidate, before)
                described["files"] = files_of(staging, but=(MANIFEST, MARKER))
                _describe(staging, described)
            state(staging, new.release_id, described, run)
            (staging / SUMS).write_text(sums(staging), encoding="utf-8")
            sign(staging)
            (staging / MARKER).unlink()  # from here on the manifest shows whose it is
            disk.seal(staging)
            wrong = complaints_by(memory, candidate)
        wrong += run.changed() if run else []
        disk.refuse_lost(root)
        if wrong:
            raise ReleaseError("; ".join(wrong))
        if verdict["beyond"]:
            hold(root, candidate, verdict)
        disk.swap_in(root, staging, new.release_id)
    except BaseException as error:  # interrupted from the keyboard, too
        if current_id(root) == new.release_id:
            if not isinstance(error, OSError):
                error.add_note(f"{new.release_id} is published all the same")
                raise
            return [f"published, but perhaps not yet on the disk: {disk.in_words(error)}"]
        # What cannot be removed now, the next publish removes.
        with contextlib.suppress(OSError):
            disk.recover(root)
        raise
    return [*verdict["told"], *told]


def _describe(staging: Path, described: dict[str, Any]) -> None:
    """Write the manifest."""
    text = json.dumps(described, indent=2, ensure_ascii=False, default=str) + "\n"
    (staging / MANIFEST).write_text(text, encoding="utf-8")


def _retain(root: Path, kept: int, needed: set[str | None]) -> list[str]:
    """Remove the oldest releases beyond ``kept``, never those needed; says which.

    Needed are the current one and the one before it: whoever has resolved ``current`` just before
    the swap has until the next publish to open its files. An open file stays readable anyway. One
    that is pinned stays, too; it counts like the others.
    What does not hold the manifest of its own id is not known to be a release and stays, too.
    """
    notes = []
    try:
        known, stay = released(root), {*needed, *pinned(root)}
    except (OSError, ReleaseError) as error:
        return [f"no old release was removed: {error}"]
    for old in known[:-kept]:
        if old.release_id in stay or not old.is_proven():
            continue
        try:
            disk.discard(old.folder)
            notes.append(f"removed {old.release_id}: beyond the {kept} releases kept")
        except OSError as error:  # the new release is out; the next publish tries again
            notes.append(f"could not remove {old.release_id}: {disk.in_words(error)}")
    return notes
