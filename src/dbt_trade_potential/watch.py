"""What a build says of itself, from the events of dbt: progress, blocks of lines, reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from trade_potential.progress import Progress

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt_common.events.base_types import EventMsg

PHASES = (
    "reading the project", "inputs and the gate", "panels and models", "audit and marts", "release"
)  # fmt: skip
PHASE_OF = {"seeds": 1, "staging": 1, "panel": 2, "audit": 3, "release": 4}
"""By folder of a node: nodes run as soon as they can, so that the furthest phase is said."""
ENDED = re.compile(r"Log\w*Result|SkippingDetails|LogSkipBecauseError")
REJECTED, WARNED = "Rejected by ", "Warned by "
SHOWN_WARNINGS = 5
"""Lines of a warning that are printed; all stand in the log and in fct_quality_results."""
LONGEST_REASON = 25
"""Lines of the message of a node."""
Block = list[str]


class Watch:
    """Sees the events of one run.

    Attributes:
        rejected: Blocks of lines of failed tests, as the hook at the end tells them.
        warned: Those of tests that warn.
        notes: Every other line of the project: release, known warnings, what was kept.
    """

    def __init__(self, progress: Progress) -> None:
        """Nothing is seen yet."""
        self._progress = progress
        self._phase = 0
        self._ended = 0
        self._last: list[Block] | None = None
        self.rejected: list[Block] = []
        self.warned: list[Block] = []
        self.notes: list[Block] = []
        progress.show(PHASES[0])

    def saw(self, event: EventMsg) -> None:
        """An event of dbt."""
        name = event.info.name
        if name == "JinjaLogInfo":
            self._heard(event.data.msg)
        elif name == "LogStartLine":
            self._phase = max(self._phase, _phase(event.data.node_info.node_path))
            self._say(event.data.total, event.data.description)
        elif ENDED.fullmatch(name):
            self._ended += 1
            self._say(getattr(event.data, "total", 0), "")

    def _say(self, total: int, at_work: str) -> None:
        counted = f"{self._ended} of {total} nodes" if total else f"{self._ended} nodes"
        self._progress.show(PHASES[self._phase], f"{counted}  {at_work.removeprefix('sql ')}")

    def _heard(self, text: str) -> None:
        if not text.strip():
            return
        if text.startswith(" ") and self._last:
            self._last[-1].append(text)
            return
        kinds = {REJECTED: self.rejected, WARNED: self.warned}
        self._last = next((kinds[k] for k in kinds if text.startswith(k)), self.notes)
        self._last.append([text])

    def summary(self) -> Iterator[str]:
        """Warnings, cut, and notes."""
        for head, *lines in self.warned:
            yield head
            yield from lines[:SHOWN_WARNINGS]
            if len(lines) > SHOWN_WARNINGS:
                yield f"  and {len(lines) - SHOWN_WARNINGS} lines more in logs/dbt.log"
        for block in self.notes:
            yield from block

    def counted(self, done: dbtRunnerResult) -> str:
        """How many nodes ended how."""
        counts = Counter(str(of.status) for of in _results(done))
        ended = sum(counts.values())
        said = [f"{ended} nodes"]
        said += [f"{counts[s]} {w}" for s, w in _WORDS.items() if counts[s]]
        return ", ".join(said)


_WORDS = {"error": "with errors", "fail": "failed", "skipped": "skipped", "warn": "warned"}


def _phase(path: str) -> int:
    folders = path.replace("\\", "/").split("/")
    return next((PHASE_OF[folder] for folder in folders if folder in PHASE_OF), 0)


def _results(done: dbtRunnerResult) -> Sequence[Any]:
    return getattr(done.result, "results", None) or ()


def reasons(done: dbtRunnerResult, rejected: Sequence[Block]) -> list[str]:
    """Why a run failed, each reason once: messages of nodes, then what tests have refused."""
    lines: list[str] = []
    if done.exception is not None:
        lines += _short(str(done.exception))
    told = {block[0].removeprefix(REJECTED).partition(" (")[0] for block in rejected}
    for of in _results(done):
        is_told = of.status == "fail" and of.node.name in told
        if str(of.status) in ("error", "fail") and not is_told:
            message = _short(str(of.message or "failed"))
            lines.append(f"{of.node.name} ({of.node.original_file_path}):")
            lines += [f"  {line}" for line in message]
    for block in rejected:
        lines += block
    return list(dict.fromkeys(line.rstrip() for line in lines if line.strip()))


def _short(message: str) -> list[str]:
    """The lines of a message, without the macros on the way; of a traceback its last, the error."""
    lines = [line.rstrip() for line in message.splitlines() if line.strip()]
    if any(line.lstrip().startswith("Traceback ") for line in lines):
        return [lines[-1].strip()]
    lines = [line for line in lines if not line.lstrip().startswith("> ")]
    more = len(lines) - LONGEST_REASON
    return lines[:LONGEST_REASON] + ([f"and {more} lines more in logs/dbt.log"] if more > 0 else [])
