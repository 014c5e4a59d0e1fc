"""Faults planted in code, one build each, none of which may be published.

``python -m tests.mutants [--only TEXT] [--lanes N] [--again STATUS]``; what was judged of the same
files is not judged again, so that a run that was ended goes on. Faults: tests/mutants/faults.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from dataclasses import asdict

from tests.build.project import PARTS, ROOT, Project
from tests.mutants.lane import Lane, Verdict, built_at, remove_releases
from tests.mutants.mutant import Mutant, all_mutants

FOLDER = ROOT / "build" / "mutants"
RESULTS = FOLDER / "results.jsonl"


def project_digest() -> str:
    """Of every file of which copies are made, but for the faults and Python of the tests."""
    held = hashlib.sha256()
    names = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard", *PARTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in sorted(name for name in names if name and (ROOT / name).is_file()):
        if not name.startswith("tests/") or name.endswith((".sql", ".yml")):
            held.update(name.encode() + (ROOT / name).read_bytes())
    return held.hexdigest()[:16]


def judged() -> list[dict[str, str]]:
    """Rows of earlier runs, but for builds that the limit of time has ended."""
    if not RESULTS.exists():
        return []
    rows = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["status"] != "ended"]


def digest_of(mutant: Mutant) -> str:
    """Of the fault: one that was changed is judged again."""
    return hashlib.sha256(repr((mutant.file, mutant.old, mutant.new)).encode()).hexdigest()[:16]


def base_of(state: str) -> Project:
    """The project without a fault, built once for a state of its files."""
    root, stamp = FOLDER / "base", FOLDER / "base.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return Project(root)
    stamp.unlink(missing_ok=True)
    remove_releases(root)
    shutil.rmtree(root, ignore_errors=True)
    print("building the project without a fault", flush=True)
    project = built_at(root)
    stamp.write_text(state, encoding="utf-8")
    return project


class Run:
    """Faults shared out among lanes; verdicts as they come."""

    def __init__(self, mutants: list[Mutant], state: str) -> None:
        """Of one state of the project."""
        self.rest, self.state, self.count = deque(mutants), state, len(mutants)
        self.verdicts: list[Verdict] = []
        self.lock = threading.Lock()

    def lane(self, number: int, base: Project) -> None:
        """Judge until nothing is left."""
        folder = FOLDER / f"lane-{number}"
        remove_releases(folder)
        shutil.rmtree(folder, ignore_errors=True)
        lane = Lane(base, folder)
        while True:
            with self.lock:
                if not self.rest:
                    return
                mutant = self.rest.popleft()
            started = time.monotonic()
            found = lane.judge(mutant)
            self.add(mutant, found, time.monotonic() - started)

    def add(self, mutant: Mutant, found: Verdict, seconds: float) -> None:
        """Print and keep a verdict."""
        with self.lock:
            self.verdicts.append(found)
            row = asdict(found) | {
                "seconds": round(seconds, 1),
                "state": self.state,
                "fault": digest_of(mutant),
            }
            with RESULTS.open("a", encoding="utf-8") as handle:
                handle.write(json.dumps(row) + "\n")
            print(
                f"[{len(self.verdicts)} of {self.count}, {seconds:4.0f} s] {found.status:8} "
                f"{mutant.area}/{mutant.name}: {found.by}",
                flush=True,
            )


def named(texts: str) -> list[Mutant]:
    """Faults whose area/name holds one of some texts, separated by commas."""
    return [
        one
        for one in all_mutants()
        if any(text in f"{one.area}/{one.name}" for text in texts.split(","))
    ]


def chosen(args: argparse.Namespace, state: str) -> list[Mutant]:
    """Faults that are asked for and not judged yet."""
    names = args.only.split(",")
    wanted = [
        one for one in all_mutants() if any(name in f"{one.area}/{one.name}" for name in names)
    ]
    rows = judged()
    if args.again:
        last = {row["name"]: row["status"] for row in rows}
        wanted = [one for one in wanted if last.get(one.name) == args.again]
    known = {(row["state"], row["fault"]) for row in rows}
    rest = [one for one in wanted if (state, digest_of(one)) not in known]
    return sorted(rest, key=digest_of)  # areas mixed: a run that is ended has seen some of each


def told(mutants: list[Mutant]) -> int:
    """Print what became of faults by area, and every survivor; how many there are."""
    last = {row["name"]: row for row in judged()}
    by_area = Counter((one.area, last[one.name]["status"]) for one in mutants if one.name in last)
    print(f"\n{'area':12} stopped  same  survived")
    for area in sorted({one.area for one in mutants}):
        counts = [by_area[area, status] for status in ("stopped", "same", "survived")]
        print(f"{area:12} {counts[0]:7} {counts[1]:5} {counts[2]:9}")
    for title, status in (("nothing published changes", "same"), ("SURVIVED", "survived")):
        for one in mutants:
            row = last.get(one.name, {})
            if row.get("status") == status:
                print(f"{title}: {one.area}/{one.name}: {one.reader} [{row['by']}]")
    missing = [one for one in mutants if one.name not in last]
    survivors = sum(count for (_, status), count in by_area.items() if status == "survived")
    print(f"\n{len(mutants)} faults, {survivors} survive, {len(missing)} not judged")
    return survivors


def main() -> int:
    """Judge, print; 1 where a fault would have been published."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="area/name holds it")
    parser.add_argument("--lanes", type=int, default=2, metavar="N", help="builds side by side (2)")
    parser.add_argument("--again", choices=("survived", "same", "stopped"), help="of the last run")
    parser.add_argument(
        "--list", action="store_true", help="print faults and verdicts, run nothing"
    )
    args = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if args.list:
        for row in {row["name"]: row for row in judged()}.values():
            print(f"{row['status']:8} {row['area']}/{row['name']}: {row['by']}: {row['said']}")
        return 1 if told(all_mutants()) else 0
    state = project_digest()
    mutants = chosen(args, state)
    run = Run(mutants, state)
    if mutants:
        base = base_of(state)
        lanes = [
            threading.Thread(target=run.lane, args=(number, base))
            for number in range(min(args.lanes, len(mutants)))
        ]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
    asked = [
        one
        for one in all_mutants()
        if any(n in f"{one.area}/{one.name}" for n in args.only.split(","))
    ]
    survivors = told(asked)
    return 1 if survivors or run.rest else 0


if __name__ == "__main__":
    sys.exit(main())
