"""``python -m dbt_trade_potential.quiet``: a build that says where it is, and last why it failed.

dbt prints a line for each of its thousand nodes; all of that stays in logs/dbt.log. What people
act on is the end: warnings, the release, the result, and of a failure every reason once. With
``VERBOSE=1`` dbt's own log is printed. Exit codes are those of `dbt build`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbt_trade_potential.watch import Watch, reasons
from trade_potential import warehouse
from trade_potential.errors import InputError
from trade_potential.progress import Progress
from trade_potential.rehearsal import Checked, check
from trade_potential.rehearsal.compiled import digest_of, keep, kept
from trade_potential.release.last_gate import report_refused, root_of

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

OK, FAILED, NOT_RUN = 0, 1, 2
SILENT = ("--log-level", "none", "--log-level-file", "debug", "--no-print")
INTERRUPTED = "interrupted: nothing is published, unless a line above says so"
PROJECT = Path()


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the rows, then build; arguments are those of `dbt build`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if warehouse.main():  # dbt shows a traceback where it is locked
        return NOT_RUN
    if os.environ.get("VERBOSE", "0") not in ("", "0"):
        return _built_by_dbt(["build", *given])
    progress = Progress(sys.stdout)
    try:
        refused = None if given else _rehearsed(progress)
        if refused is not None:
            progress.end()
            report = report_refused(root_of(PROJECT), refused.refused)
            print(f"refused in {progress.seconds} s ({report}), nothing was run:")
            print("\n".join(refused.lines))
            return NOT_RUN
        return _built(given, progress)
    except KeyboardInterrupt:
        progress.end()
        print(INTERRUPTED)
        return NOT_RUN


def _built_by_dbt(arguments: list[str]) -> int:
    from dbt.cli.main import dbtRunner

    return _code(dbtRunner().invoke(arguments))


def _rehearsed(progress: Progress) -> Checked | None:
    """What a check of the rows refuses; None: nothing, or rules changed and the build must tell."""
    try:
        found = check(PROJECT, until="rows", progress=progress.show, may_compile=False)
    except InputError:
        return None  # the build tells it of the node
    return found if found and found.refused else None


def _built(given: list[str], progress: Progress) -> int:
    from dbt.cli.main import dbtRunner

    digest = "" if given else digest_of(PROJECT)
    watch = Watch(progress)
    done = dbtRunner(callbacks=[watch.saw]).invoke([*SILENT, "build", *given])
    if digest and kept(PROJECT, digest) is None:
        _keep_plan(digest)
    progress.end()
    for line in watch.summary():
        print(line)
    if isinstance(done.exception, KeyboardInterrupt):
        print(INTERRUPTED)
        return NOT_RUN
    code = _code(done)
    print(f"{'built' if code == OK else 'FAILED'} in {progress.seconds} s: {watch.counted(done)}")
    if code != OK:
        print("logs/dbt.log has all that dbt said; why it failed:")
        print("\n".join(reasons(done, watch.rejected)))
    return code


def _code(done: dbtRunnerResult) -> int:
    """As dbt's own command line: 1 a node failed, 2 nothing could be run."""
    if done.success:
        return OK
    return NOT_RUN if done.exception is not None else FAILED


def _keep_plan(digest: str) -> None:
    """What the build has compiled is what the next check runs, if the build came that far."""
    try:
        keep(PROJECT, PROJECT / "target" / "manifest.json", digest)
    except (OSError, ValueError, LookupError, StopIteration):
        return  # the next check has dbt compile


if __name__ == "__main__":
    sys.exit(main())
