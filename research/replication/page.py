"""Tables of the page: Markdown, and which changes count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

DECIMAL = re.compile(r"-?\d+\.\d+")


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; columns whose cells all are numbers stand to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    number = re.compile(r"(?:\*\*)?-?[\d.]+(?:\*\*)?|")
    right = [all(number.fullmatch(row[k]) for row in cells) for k in range(len(header))]
    rule = ["---:" if is_number else "---" for is_number in right]
    return "\n".join(f"| {' | '.join(line)} |" for line in [list(header), rule, *cells])


def fixed(value: float, digits: int) -> str:
    """A number with that many decimals, never minus zero."""
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def settled(_: str, old: str, new: str) -> str:
    """The new table, with those decimals of the old one that are one last digit away."""
    if DECIMAL.sub("", old) != DECIMAL.sub("", new):
        return new
    before = iter(DECIMAL.findall(old))

    def keep(match: re.Match[str]) -> str:
        last = next(before)
        digits = len(match[0].partition(".")[2])
        same_digits = digits == len(last.partition(".")[2])
        near = abs(float(last) - float(match[0])) < 1.5 * 10**-digits
        return last if same_digits and near else match[0]

    return DECIMAL.sub(keep, new)
