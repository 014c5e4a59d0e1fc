"""What the gate notices of mistakes in figures: ``python -m tests.corruptions [NAME ...]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.corruptions.feeds import marts_fed
from tests.corruptions.harness import Harness, Verdict
from tests.corruptions.kinds import KINDS, Economy, Kind
from tests.corruptions.moved import moved
from tests.corruptions.unseen import reason

PROJECT = Path(__file__).parents[2]
ENOUGH = 0.95
"""Share of the mistakes that must be noticed."""


def chosen(names: Sequence[str], economies: Sequence[str]) -> list[tuple[Kind, Economy]]:
    """Mistakes whose name holds one of the words, of the economies; all where none is given."""
    return [
        (kind, economy)
        for kind in KINDS
        if not names or any(name.lower() in kind.name.lower() for name in names)
        for economy in kind.economies
        if not economies or (economy.iso3 or "all") in economies
    ]


def by_turns(cases: Sequence[tuple[Kind, Economy]]) -> list[tuple[Kind, Economy]]:
    """Each kind once: for another of its economies than the kind before."""
    of: dict[str, list[tuple[Kind, Economy]]] = {}
    for kind, economy in cases:
        of.setdefault(kind.name, []).append((kind, economy))
    return [each[place % len(each)] for place, each in enumerate(of.values())]


def table(verdicts: Sequence[Verdict]) -> str:
    """What was noticed by file and economy, and of all."""
    economies = list(dict.fromkeys(verdict.economy.iso3 or "all" for verdict in verdicts))
    files = list(dict.fromkeys(verdict.kind.files[0] for verdict in verdicts))
    all_of = Counter((v.kind.files[0], v.economy.iso3 or "all") for v in verdicts)
    noticed = Counter(
        (v.kind.files[0], v.economy.iso3 or "all") for v in verdicts if v.how != "nothing"
    )
    rows = [["noticed of", *economies]]
    for file in files:
        cells = [
            f"{noticed[file, e]}/{all_of[file, e]}" if all_of[file, e] else "" for e in economies
        ]
        rows.append([file, *cells])
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = [
        "  ".join(
            c.rjust(w) if k else c.ljust(w)
            for k, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def main() -> int:
    """Judge, print, and say by the exit code whether enough is noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.corruptions", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of the name of a mistake")
    parser.add_argument("--economy", action="append", default=[], help="such as DEU; all: files")
    parser.add_argument("--by-turns", action="store_true", help="each mistake for one economy only")
    parser.add_argument("--list", action="store_true", help="print the mistakes and stop")
    parser.add_argument("--verbose", action="store_true", help="print what is said of each")
    parser.add_argument(
        "--moved", action="store_true", help="build what is not noticed: do classes move?"
    )
    given = parser.parse_args()
    cases = chosen(given.names, given.economy)
    cases = by_turns(cases) if given.by_turns else cases
    if given.list or not cases:
        print("\n".join(dict.fromkeys(kind.name for kind, _ in cases)) or "no such mistake")
        return 0 if cases else 2
    verdicts, started, harness = [], time.process_time(), Harness(PROJECT)
    for verdict in harness.judged(cases):
        verdicts.append(verdict)
        if given.verbose:
            first = (*verdict.errors, *verdict.warnings, "")[0]
            before = (*verdict.before, "")[0]
            print(
                f"{verdict.how:<8} {verdict.name}\n         {first}\n         {before}", flush=True
            )
        elif len(verdicts) % 25 == 0:
            spent = (time.process_time() - started) / len(verdicts)
            print(
                f"{len(verdicts)} of {len(cases)}, {spent:.2f} CPU s each",
                file=sys.stderr,
                flush=True,
            )
    print(of_real_figures(harness))
    enough = told(verdicts)
    if given.moved:
        print("\nOf these, below what was changed (dbt build):")
        for verdict, words in moved([v for v in verdicts if v.how == "nothing"]):
            print(f"  {verdict.name}: {words}", flush=True)
    return enough


def of_real_figures(harness: Harness) -> str:
    """What the gate says of the figures as they are: series, warnings, those without a cause."""
    warned, unexplained = harness.warned, harness.unexplained
    return (
        f"{harness.series} series, economies, pairs and spells are checked; on the real figures "
        f"{warned} rows warn, {unexplained} without a cause "
        f"(acknowledged_warnings): {1000 * unexplained / harness.series:.2f} per 1,000\n"
    )


def told(verdicts: Sequence[Verdict]) -> int:
    """Print the table and what is not noticed; 1 where that is too much."""
    missed = [verdict for verdict in verdicts if verdict.how == "nothing"]
    share = 1 - len(missed) / len(verdicts)
    hows = Counter(verdict.how for verdict in verdicts)
    print(table(verdicts))
    if missed:
        print("\nNot noticed, how many marts read the file, and why:")
        of: dict[str, list[Verdict]] = {}
        for verdict in missed:
            of.setdefault(verdict.kind.name, []).append(verdict)
        for name, each in of.items():
            economies = ", ".join(verdict.economy.iso3 or "all" for verdict in each)
            marts = set().union(*(marts_fed(PROJECT, file) for file in each[0].files))
            seen = "" if all(verdict.before for verdict in each) else ", nor by the release before"
            print(f"  {name}: {economies} ({len(marts) or 'no'} marts{seen})")
            print(f"    {reason(name) or 'no reason is known'}")
    print(
        f"\n{len(verdicts)} mistakes: {hows['error']} stop the build, {hows['warning']} are new "
        f"warnings, {hows['nothing']} are not noticed; {share:.1%} noticed, {ENOUGH:.0%} asked for"
    )
    before = sum(1 for verdict in verdicts if verdict.before)
    either = sum(1 for verdict in verdicts if verdict.before or verdict.how != "nothing")
    print(
        f"Where there is a release before: {before} change a series whose vintage stands; with it "
        f"{either / len(verdicts):.1%} noticed"
    )
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
