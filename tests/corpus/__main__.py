"""The corpus of bad input: ``python -m tests.corpus [--cases N] [--seed S]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.build.project import Project
from tests.corpus.builds import Verdict, Warehouse, batches
from tests.corpus.case import Case
from tests.corpus.cases import all_cases, some_cases
from tests.corpus.shells import judge_command

STAGES = ("command", "form", "loaded", "staging", "gate", "built", "contract", "rows", "stored")


def judged(
    cases: Sequence[Case], folder: Path, seed: int, project: Project | None = None
) -> Iterator[list[Verdict]]:
    """Verdicts, a build or a hundred commands at a time; `project` is one that is built."""
    of_commands = [case for case in cases if case.stage == "command"]
    for k in range(0, len(of_commands), 100):
        yield [judge_command(case, folder, seed) for case in of_commands[k : k + 100]]
    of_seeds = sorted(
        (case for case in cases if case.stage != "command"),
        key=lambda case: STAGES.index(case.stage),
    )
    if of_seeds:
        warehouse = Warehouse(project) if project else Warehouse.built_at(folder / "project")
        for batch in batches(of_seeds):
            yield list(warehouse.judge(batch))


def main() -> int:
    """Run cases, print progress and totals; 1 if any fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("--cases", type=int, metavar="N", help="so many, mixed (default: all)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="draws rows and columns")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose name holds TEXT")
    parser.add_argument("--stage", choices=STAGES, help="cases of one stage")
    args = parser.parse_args()
    cases = all_cases(args.seed) if args.cases is None else some_cases(args.cases, args.seed)
    cases = [case for case in cases if args.only in case.name]
    cases = [case for case in cases if args.stage in (None, case.stage)]
    started, done = time.monotonic(), 0
    counted: Counter[str] = Counter()
    failed: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        for verdicts in judged(cases, Path(folder), args.seed):
            for verdict in verdicts:
                is_good = not verdict.failure
                counted["refused" if verdict.case.is_refused else "harmless"] += is_good
                failed += [] if is_good else [verdict]
            done += len(verdicts)
            seconds = time.monotonic() - started
            stage = verdicts[0].case.stage
            print(
                f"[{seconds:6.0f} s] {done} of {len(cases)}, {len(failed)} failures ({stage})",
                flush=True,
            )
        # Releases are read-only; the directory could not be removed otherwise.
        for path in Path(folder).rglob("*"):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
    for verdict in failed:
        print(f"\nFAILED {verdict.case.name} ({verdict.case.stage})\n{verdict.failure}")
    print(
        f"\n{len(cases)} cases: {counted['refused']} refused, {counted['harmless']} harmless, "
        f"{len(failed)} failures"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
