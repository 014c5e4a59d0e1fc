"""How it stands with the releases, for monitors: ``status.json`` and what the folder itself says.

The file says how the last build that was to publish has ended. All else is read of the folder, so
that it is true whatever has been done since.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.errors import ReleaseError
from trade_potential.release import disk, regular
from trade_potential.release.held import is_outdated
from trade_potential.release.layout import ReleaseFolder, candidates, current_id, find
from trade_potential.release.manifest import GATE
from trade_potential.release.mart_files import opened, parquet_files, rows_of
from trade_potential.release.notify import notify
from trade_potential.release.series import count_changed

if TYPE_CHECKING:
    import duckdb

STATUS = "status.json"
PUBLISHED, HELD, FAILED, REJECTED = RESULTS = "published", "held", "failed", "rejected"
UNKNOWN = "unknown"
NEW = "new_count"
"""Column of fct_quality_results that counts what nobody has acknowledged."""
SECONDS_PER_HOUR = 3600

Document = dict[str, Any]


def result(
    name: str,
    *,
    run_id: str | None,
    release_id: str | None = None,
    message: str | None = None,
    findings: list[str] | None = None,
) -> Document:
    """How a build, or what somebody did with its candidate, has ended."""
    return {
        "result": name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "run_id": run_id,
        "release_id": release_id,
        "message": message,
        "findings": findings or [],
    }


def tell(root: Path, said: Document) -> list[str]:
    """Write the status file at once, and run the command of the user's.

    Returns:
        What could not be done, in sentences: it is no failure of a build.
    """
    notes = []
    try:
        said = {**said, "release_path": str(root.absolute()), "current": current_id(root)}
        root.mkdir(parents=True, exist_ok=True)
        disk.write_text(root / STATUS, json.dumps(said, indent=2, ensure_ascii=False) + "\n")
    except (OSError, ReleaseError) as error:
        notes.append(f"{root / STATUS} was not written: {error}")
    heard = notify(said)
    return [*notes, heard] if heard else notes


def tell_failed(root: str, run_id: str, message: str) -> str:
    """Tell of a build that has failed before it could publish; what could not be done."""
    return "; ".join(tell(Path(root), result(FAILED, run_id=run_id, message=message)))


def status(root: Path, *, max_age_hours: float | None = None) -> Document:
    """What a monitor asks.

    Args:
        root: The directory of releases.
        max_age_hours: Age of the current release from which somebody should look.

    Returns:
        ``current`` with ``published_at`` and ``age_hours`` (null where none is current), the last
        result with its time, run and message, ids that are held, ``warnings`` and ``new_warnings``
        of the gate, ``changed_series`` whose vintage stands, and ``attention``: what somebody
        should look at, in sentences.

    Raises:
        ReleaseError: The current release or the link is damaged.
    """
    current = current_id(root)
    last = _last(root)
    waiting = candidates(root)
    found: Document = {
        "current": current,
        "published_at": None,
        "age_hours": None,
        "last_result": last["result"],
        "last_result_at": last["at"],
        "last_run_id": last["run_id"],
        "message": last["message"],
        "findings": last["findings"],
        "held": [candidate.release_id for candidate in waiting],
        "warnings": None,
        "new_warnings": None,
        "changed_series": None,
    }
    if current is not None:
        release = find(root, current)
        found["published_at"] = release.manifest()["published_at"]
        found["age_hours"] = _age_hours(release, found["published_at"])
        found["warnings"], found["new_warnings"] = _warnings(root, release)
        found["changed_series"] = count_changed(release.manifest())
    able = [one.release_id for one in waiting if not is_outdated(root, one)]
    found["attention"] = list(_attention(found, able, max_age_hours))
    return found


def _attention(found: Document, waiting: list[str], max_age: float | None) -> Iterator[str]:
    """Sentences on what somebody should look at."""
    if found["current"] is None:
        yield "no release is current"
    age = found["age_hours"]
    if age is not None and max_age is not None and age > max_age:
        yield f"{found['current']} is {age:.1f} hours old, more than {max_age:g}"
    if found["last_result"] in (FAILED, UNKNOWN):
        yield f"the last result is {found['last_result']}: {found['message']}"
    if waiting:
        yield f"{', '.join(waiting)} is held: accept or reject it"
    if found["new_warnings"]:
        yield f"{found['new_warnings']} new warnings of the gate in {found['current']}"
    if found["changed_series"]:
        yield (
            f"{found['changed_series']} series of {found['current']} are not what the release "
            "before has, and their vintage is"
        )


def _last(root: Path) -> Document:
    """The status file; of releases without one, that the current release was published."""
    path = root / STATUS
    try:
        said = json.loads(regular.read(path))
        if said["result"] not in RESULTS:
            raise ValueError(f"{said['result']!r} is no result")
        wanted = ("result", "at", "run_id", "message", "findings")
        return {name: said[name] for name in wanted}
    except FileNotFoundError:
        nothing: Document = {"at": None, "run_id": None, "findings": []}
        return {"result": None, "message": f"{path}: no build has ended here yet", **nothing}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"{path} cannot be read ({error})"
        return {"result": UNKNOWN, "at": None, "run_id": None, "message": message, "findings": []}


def _age_hours(release: ReleaseFolder, published_at: object) -> float:
    """Hours since a release was published; negative where the clock was put back since."""
    try:
        since = datetime.now(UTC) - datetime.fromisoformat(str(published_at))
    except (ValueError, TypeError) as error:
        raise ReleaseError(f"{release.release_id} has no time of publication ({error})") from error
    return round(since.total_seconds() / SECONDS_PER_HOUR, 3)


def _warnings(root: Path, release: ReleaseFolder) -> tuple[int | None, int | None]:
    """Warnings of the gate in a release, and how many of them are new.

    New is what nobody has acknowledged, where the mart counts it; else what the release before did
    not warn of.
    """
    import duckdb

    said = release.manifest()
    if GATE not in said["marts"]:
        return None, None
    columns = {column["name"] for column in said["marts"][GATE]["columns"]}
    try:
        with opened() as memory:
            failing = _failing(memory, release, NEW if NEW in columns else "null")
            if NEW in columns:
                return len(failing), sum(1 for count in failing.values() if count)
            return len(failing), len(failing.keys() - _before(memory, root, said))
    except (duckdb.Error, OSError) as error:
        raise ReleaseError(f"{release.release_id}: {GATE} cannot be read: {error}") from error


def _failing(
    memory: duckdb.DuckDBPyConnection, release: ReleaseFolder, count: str
) -> dict[str, int | None]:
    """Warnings by their check."""
    rows = rows_of(parquet_files(release.folder, GATE))
    found = memory.execute(
        f"select check_id, {count} from {rows} where not passed and severity = 'warning'"
    ).fetchall()
    return dict(found)


def _before(memory: duckdb.DuckDBPyConnection, root: Path, said: Document) -> set[str]:
    """Checks that the release before has warned of; none where it is gone."""
    try:
        before = find(root, str(said["previous_release_id"]))
        return (
            set(_failing(memory, before, "null")) if GATE in before.manifest()["marts"] else set()
        )
    except ReleaseError:
        return set()
