"""What a run begins from: code, seeds, inputs, packages and vars; and whether all is still so.

The plugin of dbt calls ``begin`` before dbt reads anything, and the last node asks ``changed`` just
before a release becomes current. Both happen in one process, whose memory keeps what was seen:
nobody can rewrite it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from trade_potential.errors import ReleaseError
from trade_potential.release.code import code_version
from trade_potential.release.followed import (
    FileState,
    followed,
    library_paths,
    matching,
    project_paths,
    states,
)
from trade_potential.release.packages import installed
from trade_potential.release.secrets import without_secrets

MOST = 20
"""Changes that are told; the rest is counted."""


class TableState(NamedTuple):
    """Rows that stand outside the project, as the engine read them (macro row_digest).

    Attributes:
        place: How people know them: a table, or the URL of Parquet files.
        rows: How many.
        checksum: Of all of them, in whatever order.
    """

    place: str
    rows: int
    checksum: str


@dataclass
class Run:
    """What one run began from.

    Attributes:
        invocation_id: Of dbt.
        project: Folder of dbt_project.yml.
        started_on: When, in UTC.
        code: Commit and whether files differed from it, or the version of the package.
        variables: Given to the run; values that look like secrets are cut.
        files: Code, seeds, inputs and lock file, by name.
        packages: Version by name of every installed distribution.
        outside: Finds what is read beside the project's own folders (the own folder).
        patterns: Of the files that the var `inputs` names, by input.
        tables: By input, those that the var names elsewhere.
        again: The tables, read again at the end (macro look_again).
        notes: What was found of rows that were loaded.
    """

    invocation_id: str
    project: Path
    started_on: datetime
    code: dict[str, Any]
    variables: dict[str, Any]
    files: dict[str, FileState]
    packages: dict[str, str]
    outside: Callable[[], Mapping[str, Path]] = dict
    patterns: dict[str, str] = field(default_factory=dict)
    tables: dict[str, TableState] = field(default_factory=dict)
    again: dict[str, TableState] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def changed(self) -> list[str]:
        """One sentence for each thing that is not what the run began from, the first of them."""
        now = states({**followed(self.project, self.patterns.values()), **self.outside()})
        found = [*_changes(self.files, now), *self._changed_tables(), *self.notes]
        held = installed()
        found += [
            f"package {name}: was {self.packages.get(name, 'not installed')} when the run began, "
            f"and is {held.get(name, 'not installed')} now"
            for name in sorted(self.packages.keys() | held.keys())
            if self.packages.get(name) != held.get(name)
        ]
        more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
        return found[:MOST] + more

    def _changed_tables(self) -> Iterator[str]:
        for name, was in self.tables.items():
            now = self.again.get(name)
            if now is None:
                yield f"{was.place}: was not looked at again"
            elif now != was:
                yield (
                    f"{was.place}: held {was.rows} rows with the checksum {was.checksum} when the "
                    f"run began, and {now.rows} with {now.checksum} now"
                )


_runs: dict[str, Run] = {}
"""The run of this process by its id; a process that runs dbt again begins anew."""


def begin(
    invocation_id: str,
    project: Path,
    variables: Mapping[str, Any],
    outside: Callable[[], Mapping[str, Path]] = dict,
) -> Run:
    """Look at everything that a run follows, before it reads any of it."""
    files = states({**project_paths(project), **outside()})
    run = Run(
        invocation_id=invocation_id, project=project, started_on=datetime.now(UTC),
        code=code_version(project), variables=without_secrets(variables),
        files={**library(), **files}, packages=installed(), outside=outside,
    )  # fmt: skip
    _runs.clear()
    _runs[invocation_id] = run
    return run


def begun(invocation_id: str) -> Run:
    """The run of an id.

    Raises:
        ReleaseError: Nobody saw it begin.
    """
    if invocation_id not in _runs:
        raise ReleaseError(
            f"what run {invocation_id} began from is not known: the plugin dbt_trade_potential "
            "has not seen it begin; install the project's environment (make build)"
        )
    return _runs[invocation_id]


def note_inputs(
    invocation_id: str, patterns: Mapping[str, str], tables: Mapping[str, Sequence[Any]]
) -> None:
    """Add to a run what the var `inputs` names.

    Args:
        invocation_id: Of the run.
        patterns: Of local Parquet files, as DuckDB reads them, by input.
        tables: Place, rows and checksum of all other rows, by input.
    """
    run = begun(invocation_id)
    run.patterns = dict(patterns)
    run.tables = {name: _table(held) for name, held in tables.items()}
    run.files |= states(matching(patterns.values()))


def look_again(
    invocation_id: str,
    tables: Mapping[str, Sequence[Any]],
    loaded: Mapping[str, Sequence[Sequence[Any]]],
) -> None:
    """Compare rows that stand outside the project with what the run began from, and has loaded.

    Args:
        invocation_id: Of the run.
        tables: As ``note_inputs``, read just now.
        loaded: By input the declared columns, as TableState: loaded, and read just now.
    """
    run = begun(invocation_id)
    run.again = {name: _table(held) for name, held in tables.items()}
    run.notes = [
        f"{there.place}: the {held.rows} rows that were loaded are not the {there.rows} rows there"
        for held, there in ((_table(a), _table(b)) for a, b in loaded.values())
        if held[1:] != there[1:]
    ]


FUNCTIONS = {"note_inputs": note_inputs, "look_again": look_again}
"""What macros ask (macro library)."""


def _table(held: Sequence[Any]) -> TableState:
    return TableState(str(held[0]), int(held[1]), str(held[2]))


@cache
def library() -> dict[str, FileState]:
    """The library's own files as this process found them when it began to import them."""
    return states(library_paths())


def _changes(was: Mapping[str, FileState], now: Mapping[str, FileState]) -> Iterator[str]:
    for name in sorted(was.keys() | now.keys()):
        if name not in now:
            yield f"{name}: is gone since the run began"
        elif name not in was:
            yield f"{name}: has appeared since the run began"
        elif was[name].sha256 != now[name].sha256:
            yield f"{name}: has changed since the run began"
        elif was[name].witness != now[name].witness:
            yield f"{name}: was rewritten or replaced since the run began, and is again as it was"
