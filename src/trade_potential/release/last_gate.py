"""The report of the last whole build, whatever became of it, beside ``status.json``.

It is written as the run ends: by a hook (macro report_gate), and where nothing could be run by
whoever has refused (dbt_trade_potential). That of a release lies in its folder and never changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trade_potential.errors import ReleaseError
from trade_potential.quality.complaints import FILE, Complaint
from trade_potential.release.layout import CURRENT, current_id
from trade_potential.reports.files import PAGE, write
from trade_potential.reports.report import (
    Failed,
    Failing,
    Ran,
    Report,
    acknowledgements_of,
    checks_of,
    unlisted,
)
from trade_potential.reports.sentences import of_build

RELEASES = "release"
"""Where the project itself does not say it (var release_path)."""
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LONGEST = 4000
"""Signs of a message that are told: of a traceback the end says what is wrong."""
Rows = Sequence[Mapping[str, Any]]


def root_of(project: Path, variables: Mapping[str, Any] | None = None) -> Path:
    """The folder of releases of a project, before dbt has read it."""
    import yaml

    try:
        said = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))
        stands = str(said["vars"]["release_path"])
    except (OSError, yaml.YAMLError, LookupError, TypeError):
        stands = RELEASES
    return project / str((variables or {}).get("release_path") or stands)


def report_refused(root: Path, complaints: Iterable[Complaint], run_id: str | None = None) -> str:
    """Report rows that were refused before dbt ran anything; the path, or why there is none."""
    return _report(root, _ran(root, run_id), list(complaints))


def report_run(
    *,
    root: str,
    folder: str,
    invocation_id: str,
    published: Mapping[str, Any],
    tests: Rows = (),
    warnings: Rows = (),
    errors: Rows = (),
    checks: Rows = (),
    acknowledged: Rows = (),
) -> str:
    """Report a run of dbt that has ended.

    Args:
        root: The folder of releases.
        folder: Of dbt's results; a run that refused has left its complaints there.
        invocation_id: The run.
        published: What the last node says: `status` and `release_id`; empty: it was not reached.
        tests: Tests that failed: `name` and `failures`.
        warnings: The same of those that warn.
        errors: Nodes with an error: `name`, `file` and `message`.
        checks: Rows of gate_results; none: this run has not come so far.
        acknowledged: Rows of stg_study__acknowledged_warnings.

    Returns:
        The path of the page, or why it was not written.
    """
    where = Path(root)
    ran = _ran(where, invocation_id)._replace(
        status=published.get("status"), release_id=published.get("release_id")
    )
    return _report(
        where, ran, _left(Path(folder), invocation_id),
        tests=[Failing(of["name"], int(of["failures"] or 0)) for of in tests],
        warning=tuple(Failing(of["name"], int(of["failures"] or 0)) for of in warnings),
        failed=tuple(Failed(of["name"], of["file"], _plain(of["message"])) for of in errors),
        checks=checks, acknowledged=acknowledged,
    )  # fmt: skip


def _report(
    root: Path,
    ran: Ran,
    complaints: list[Complaint],
    *,
    tests: Sequence[Failing] = (),
    warning: tuple[Failing, ...] = (),
    failed: tuple[Failed, ...] = (),
    checks: Rows = (),
    acknowledged: Rows = (),
) -> str:
    made = checks_of(checks)
    more = unlisted(complaints, tests, made)
    verdict, sentence = of_build(ran, complaints, more, failed, made)
    report = Report(
        of="build", verdict=verdict, sentence=sentence, ran=ran, complaints=tuple(complaints),
        unlisted=more, failing=tuple(tests), warning=warning, failed=failed, checks=made,
        acknowledged=acknowledgements_of(acknowledged, made),
    )  # fmt: skip
    return write(root, report)


def _ran(root: Path, run_id: str | None) -> Ran:
    try:
        current = current_id(root)
    except ReleaseError:  # whoever publishes tells it
        current = None
    has_page = current is not None and (root / CURRENT / PAGE).is_file()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    page = f"{CURRENT}/{PAGE}" if has_page else None
    return Ran(run_id, at, current=current, current_page=page)


def _left(folder: Path, invocation_id: str) -> list[Complaint]:
    """The complaints that a run has left; none of another run."""
    try:
        said = json.loads((folder / FILE).read_bytes())
        if said["invocation_id"] != invocation_id:
            return []
        return [Complaint(**of) for of in said["complaints"]]
    except (OSError, ValueError, LookupError, TypeError):
        return []


def _plain(message: str) -> str:
    """A message without what colours a terminal."""
    text = COLOUR.sub("", message or "")
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n").strip()[-LONGEST:]


FUNCTIONS = {"report_run": report_run}
"""Of what macros ask, by name."""
