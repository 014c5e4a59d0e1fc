"""Whether two programs give the same answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

TINY = 1e-300


def read_answer(path: Path) -> dict[str, float]:
    """Estimates by name, from lines of name, tab and number.

    Raises:
        ValueError: The program has written no number, or something else.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = {}
    for line in text.splitlines():
        name, _, value = line.partition("\t")
        found[name.strip()] = float(value)
    if not found:
        raise ValueError(f"{path.name} holds no estimates")
    return found


def difference(ours: Mapping[str, float], theirs: Mapping[str, float]) -> tuple[float, int]:
    """Largest relative difference of the numbers that both have, and how many they are.

    Infinite where a number is missing on one side only by being NaN, or there is none in common.
    """
    common = [name for name in ours if name in theirs]
    gaps = [abs(theirs[name] - ours[name]) / max(abs(ours[name]), TINY) for name in common]
    if not gaps or any(gap != gap for gap in gaps):
        return float("inf"), len(common)
    return max(gaps), len(common)
