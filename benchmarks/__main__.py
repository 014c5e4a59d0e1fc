"""Measure the library beside other programs, and the default build: python -m benchmarks.

Every task is a process of its own that reads the same generated Parquet file. Results are written
after every task; docs/performance.md and its plot are made from them.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.columns import ROOT
from benchmarks.jobs import JOBS, PEERS
from benchmarks.results import FILE, Results, machine
from benchmarks.run import Bench, Settings

START = time.monotonic()
LEAST_ROWS = 10_000
"""With fewer, some regressors of the generated panel do not vary."""
SAME = ("seed", "memory_limit", "memory_cap_gb", "timeout_s", "own_timeout_s")
"""Settings that a resumed run shares with the one before."""


def say(text: str) -> None:
    """One line of progress."""
    print(f"{time.monotonic() - START:6.0f} s  {text}", flush=True)


def _rows(text: str) -> int:
    """Rows as people write them: 1e6 or 1000000."""
    rows = float(text)
    if not LEAST_ROWS <= rows <= 1e9:
        raise argparse.ArgumentTypeError(f"{text} rows: {LEAST_ROWS:.0e} to 1e9 can be made")
    return int(rows)


def _count(text: str) -> int:
    """One or more."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1")
    return int(text)


def _names(known: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Some of the known names, comma between; none for an empty text."""
    names = tuple(filter(None, text.split(",")))
    if odd := [name for name in names if name not in known]:
        raise argparse.ArgumentTypeError(f"{', '.join(odd)}: none of {', '.join(known)}")
    return names


def parser() -> argparse.ArgumentParser:
    """Of the command line."""
    form = argparse.ArgumentDefaultsHelpFormatter
    found = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=form
    )
    jobs = tuple(name for name in JOBS if not name.startswith("scan_"))
    add = found.add_argument
    add(
        "--sizes",
        type=lambda text: tuple(sorted({_rows(part) for part in text.split(",")})),
        default="1e5,1e6,1e7,1e8",
        help="rows, comma between",
    )
    add(
        "--peers",
        type=lambda text: _names(PEERS, text),
        default=",".join(PEERS),
        help="who stands beside ours, comma between",
    )
    add(
        "--jobs",
        type=lambda text: _names(jobs, text),
        default=",".join(jobs),
        help="what is computed, comma between",
    )
    add("--repeats", type=_count, default=3, help="of tasks under --repeat-below")
    add(
        "--repeat-below",
        type=float,
        default=5.0,
        metavar="S",
        help="tasks that take longer are run once",
    )
    add("--peers-up-to", type=float, default=1e7, metavar="ROWS", help="larger sizes run ours only")
    add("--seed", type=int, default=1, help="of the data")
    add("--memory-limit", default="1GB", help="of DuckDB in ours and in the scan")
    add(
        "--memory-cap",
        type=float,
        default=16.0,
        metavar="GB",
        help="resident memory at which a task is stopped: out of memory",
    )
    add("--timeout", type=float, default=120.0, metavar="S", help="of a task of a peer")
    add("--own-timeout", type=float, default=1200.0, metavar="S", help="of a task of ours")
    add("--work", type=Path, default=ROOT / "build" / "bench", help="folder of the data")
    add("--keep-data", action="store_true", help="leave the data there")
    add("--note", default="", help="shown on the page, such as: a busy machine")
    add(
        "--results",
        type=Path,
        default=FILE,
        help="with another file than this, docs/performance.md stays as it is",
    )
    add("--resume", action="store_true", help="go on where a run was interrupted")
    add(
        "--dbt-repeats",
        type=int,
        default=2,
        help="warm builds of each project; 0: no builds and no worlds",
    )
    add(
        "--builds",
        action="store_true",
        help="measure the default build, its release and worlds of trade again, keep the rest",
    )
    add("--page", action="store_true", help="measure nothing, make the page from the results")
    add("--check", action="store_true", help="measure nothing, fail if the page is not up to date")
    return found


def _settings(args: argparse.Namespace) -> Settings:
    return Settings(
        sizes=args.sizes,
        peers=args.peers,
        jobs=args.jobs,
        repeats=args.repeats,
        repeat_below_s=args.repeat_below,
        peers_up_to=args.peers_up_to,
        seed=args.seed,
        memory_limit=args.memory_limit,
        memory_cap_gb=args.memory_cap,
        timeout_s=args.timeout,
        own_timeout_s=args.own_timeout,
        work=args.work.resolve(),
        keep_data=args.keep_data,
        note=args.note,
    )


def _results(args: argparse.Namespace, settings: Settings) -> Results:
    """Empty, or of the run that is resumed or added to, without what may go better now.

    Raises:
        ValueError: There is nothing to resume, or it was asked for something else.
    """
    if not args.resume and not args.builds:
        return Results(settings=settings.told, machine=machine())
    if not args.results.exists():
        raise ValueError(f"nothing to resume: there is no {args.results}")
    found = Results.read(args.results)
    if args.builds:
        if any(found.machine[name] != machine()[name] for name in ("processor", "cores")):
            raise ValueError(f"{args.results} was made on another machine")
        found.dbt, found.world = {}, []
        return found
    odd = [name for name in SAME if found.settings.get(name) != settings.told[name]]
    if odd:
        raise ValueError(f"{args.results} was made with another {', '.join(odd)}")
    found.settings = settings.told
    if found.machine != machine():
        raise ValueError(f"{args.results} was made on another machine or with other versions")
    found.runs = [
        run for run in found.runs if not run.outcome.startswith(("failed", "not installed"))
    ]
    return found


def main() -> int:
    """Command line."""
    form = parser()
    args = form.parse_args()
    if args.page or args.check:
        from benchmarks.page import refresh

        try:
            return refresh(Results.read(args.results), check=args.check)
        except (OSError, ValueError) as error:
            form.error(str(error))
    settings = _settings(args)
    try:
        results = _results(args, settings)
    except ValueError as error:
        form.error(str(error))
    try:
        if not args.builds:
            Bench(settings, results, args.results, say).run()
        if args.dbt_repeats and not results.dbt:
            from benchmarks.dbt_cost import dbt_cost

            results.dbt = dbt_cost(args.dbt_repeats, say)
            results.write(args.results)
        if args.dbt_repeats and not results.world:
            from benchmarks.world_cost import world_cost

            results.world = world_cost(say)
            results.write(args.results)
    except RuntimeError as error:
        print(f"{form.prog}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{form.prog}: interrupted; --resume goes on", file=sys.stderr)
        return 130
    from benchmarks.tables import wrong_answers

    if args.results.resolve() == FILE:
        from benchmarks.page import refresh

        refresh(results, check=False)
    wrong = wrong_answers(results)
    for line in wrong:
        print(f"{form.prog}: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
