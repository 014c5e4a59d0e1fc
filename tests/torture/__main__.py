"""Kill builds, read all the while, fill disks: python -m tests.torture (docs/operations.md)."""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from tests.torture.kills import Lane, Settings, Totals

from trade_potential.release import disk

START = time.monotonic()


def say(text: str) -> None:
    """One line of progress."""
    print(f"{time.monotonic() - START:6.0f} s  {text}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    default = Settings()
    parser.add_argument("--kills", type=int, default=default.kills)
    parser.add_argument("--readers", type=int, default=default.readers)
    parser.add_argument("--queries", type=int, default=default.queries, help="at least")
    parser.add_argument("--releases", type=int, default=default.releases, help="at least")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--lanes", type=int, default=1, help="copies of the project side by side")
    parser.add_argument("--only", choices=("kills", "scenarios"))
    return parser.parse_args()


def _kills(folder: Path, args: argparse.Namespace) -> Totals:
    """Every lane with its part of the kills, readers, queries and releases."""
    total = Totals()
    lanes = []
    for lane in range(args.lanes):
        share = {
            name: len(range(lane, getattr(args, name), args.lanes))
            for name in ("kills", "readers", "queries", "releases")
        }
        settings = replace(Settings(seed=args.seed + lane), **share)
        named = f"lane {lane + 1}: " if args.lanes > 1 else ""
        lanes.append(
            Lane(folder / str(lane), settings, lambda text, named=named: say(named + text))
        )
    threads = [threading.Thread(target=lane.run) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for lane in lanes:
        total.add(lane.totals)
        if not lane.is_done:
            total.wrong.append("a lane ended before its time")
    return total


def _print(total: Totals) -> None:
    read = total.read
    print(f"kills                {total.kills}")
    for point, count in sorted(total.points.items()):
        print(f"  {point:<35} {count}")
    print(f"builds to the end    {total.builds}, of which published {total.published}")
    print(f"leftovers            {total.leftovers_named} found, named and removed by a later build")
    print(f"queries              {read.queries} in {read.sessions} sessions")
    print(f"releases read        {len(read.releases)}")
    print(f"failures             {read.failures}")
    print(f"lost                 {read.lost}")
    print(f"torn reads           {read.torn}")
    for text in read.examples[:20]:
        print(f"  {text}")


def main() -> int:
    """0 where everything held."""
    args = _arguments()
    wrong = []
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    if args.only != "scenarios":
        total = _kills(folder, args)
        _print(total)
        wrong += total.wrong
        if not total.read.is_good:
            wrong.append("a query failed, was lost or was torn")
    if args.only != "kills":
        from tests.torture.scenarios import run

        wrong += run(folder / "scenarios", say)
    for text in wrong:
        print(f"FAILED: {text}")
    if wrong:
        print(f"what is left of it: {folder}")
        return 1
    disk.discard(folder)
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
