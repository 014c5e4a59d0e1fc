"""Readers are started, stopped, and what they have read is compared with what was published."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.state import Fingerprints

PLACES = ("duckdb", "parquet", "bytes", "link")


@dataclass
class Verdict:
    """What readers have seen."""

    queries: int = 0
    sessions: int = 0
    failures: int = 0
    lost: int = 0
    torn: int = 0
    releases: set[str] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        """Take the counts of another directory of releases in."""
        self.queries += other.queries
        self.sessions += other.sessions
        self.failures += other.failures
        self.lost += other.lost
        self.torn += other.torn
        self.releases |= other.releases
        self.examples += other.examples

    @property
    def is_good(self) -> bool:
        return not (self.failures or self.lost or self.torn)


class Readers:
    """Processes that read all the time."""

    def __init__(self, root: Path, folder: Path, *, count: int, seed: int, pause: float) -> None:
        """Start them."""
        self._stop = folder / "stop"
        self._logs = [folder / f"reader-{k}.jsonl" for k in range(count)]
        self._processes = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.torture.reader"),
                    *map(str, (root, log, self._stop, 1000 * seed + k, pause)),
                ]
            )
            for k, log in enumerate(self._logs)
        ]

    def queries(self) -> int:
        """Reads of marts so far."""
        texts = [log.read_text(encoding="utf-8") for log in self._logs if log.exists()]
        return sum(text.count(f'["{place}"') for text in texts for place in PLACES)

    def stop(self, known: dict[str, Fingerprints]) -> Verdict:
        """End the readers and judge them."""
        self._stop.touch()
        verdict = Verdict()
        for process, log in zip(self._processes, self._logs, strict=True):
            try:
                code = process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                code = process.wait()
            lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
            judge([json.loads(line) for line in lines], known, verdict)
            if code:
                verdict.lost += 1
                verdict.examples.append(f"{log.name}: the reader ended with {code}")
        return verdict


def judge(said: list[dict], known: dict[str, Fingerprints], verdict: Verdict) -> None:  # type: ignore[type-arg]
    """Count queries, failures, lost and torn reads of one reader."""
    for line in said:
        if "totals" in line:
            totals = line["totals"]
            verdict.queries += totals["answered"]
            verdict.lost += max(0, totals["issued"] - totals["answered"] - totals["failed"])
            continue
        verdict.sessions += 1
        verdict.failures += len(line["failures"])
        verdict.examples += line["failures"]
        torn = _torn(line, known)
        verdict.torn += len(torn)
        verdict.examples += torn
        if line["release"] and line["reads"]:
            verdict.releases.add(line["release"])


def _torn(line: dict, known: dict[str, Fingerprints]) -> list[str]:  # type: ignore[type-arg]
    """Reads of a session that are not of one release, or not what it holds."""
    held = [(mart, (row[0], row[1])) for _, mart, *row in line["reads"] if len(row) > 1]
    flags = [(place, mart) for place, mart, *row in line["reads"] if row == [False]]
    release = line["release"]
    if release is None:
        if any(all(found.get(mart) == row for mart, row in held) for found in known.values()):
            return []
        return [f"through the link: no one release holds {sorted(mart for mart, _ in held)}"]
    if release not in known:
        return [f"{release}: was read, but never found current"]
    torn = [f"{release}: {mart} is another" for mart, row in held if known[release][mart] != row]
    torn += [f"{release}: {place} of {mart} is not that of the manifest" for place, mart in flags]
    if line["failures"] == [] and line.get("manifest") != release:
        torn.append(f"{release}: holds the manifest of {line.get('manifest')}")
    return torn
