"""Verdicts on outputs: who refused what, and whether anything else happened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tests.corpus.case import Case

_CLOCK = re.compile(r"^\d\d:\d\d:\d\d {2}")


def refusals(output: str) -> list[str]:
    """Lines below "Rejected ...": complaints of severity error."""
    return list(_below(output, "Rejected "))


def _below(output: str, heading: str) -> Iterator[str]:
    is_inside = False
    for raw in output.splitlines():
        line = _CLOCK.sub("", raw)
        if line.lstrip().startswith(("Rejected ", "Warned ")):
            is_inside = line.lstrip().startswith(heading)
        elif is_inside and line.startswith("  "):
            yield line.strip()
        elif raw.strip():
            is_inside = False


def has_traceback(*outputs: str) -> bool:
    return any(re.search(r"^\s*Traceback", output, re.MULTILINE) for output in outputs)


def is_named(case: Case, complaints: Sequence[str]) -> bool:
    """Whether one complaint holds every fragment of the case."""
    # A line number ends where its digits end: line 1 is not line 12.
    wanted = [
        re.escape(part) + (r"(?!\d)" if part[-1:].isdigit() else "") for part in case.expected
    ]
    return any(all(re.search(part, complaint) for part in wanted) for complaint in complaints)
