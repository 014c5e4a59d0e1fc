"""What an explanation is made of: steps of lines, each recomputed from the step before."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

RELATIVE = 1e-9
"""What a recomputed number may differ by: sums in another order differ by far less."""
NEAR_ZERO = 1e-12

Value = float | str | bool | None


@dataclass(frozen=True)
class Line:
    """One number or word of a step.

    Attributes:
        what: What it is, with its unit.
        value: As recomputed, or as read where nothing can be recomputed.
        stored: What the mart or model says; None if it is not compared.
        place: Mart or model, and column, of what is stored.
        agrees: Whether both are the same; None if nothing is compared.
        parts: What it was made of, by name, unrounded.
        note: How, or why it is so.
    """

    what: str
    value: Value = None
    stored: Value = None
    place: str = ""
    agrees: bool | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass
class Step:
    """One step.

    Attributes:
        title: What it leads to.
        tables: Marts and models that it reads.
        origin: Paper with its equation, or section of the documentation.
        lines: Its numbers.
        missing: What cannot be had from what is read, and where it is.
    """

    title: str
    tables: tuple[str, ...]
    origin: str
    lines: list[Line] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def read(self, what: str, value: Value, note: str = "", /, **parts: Any) -> None:
        """A number or word as it is stored."""
        self.lines.append(Line(what, value, parts=parts, note=note))

    def check(
        self,
        what: str,
        value: Value,
        stored: Value,
        place: str,
        /,
        *,
        size: float = 0.0,
        note: str = "",
        **parts: Any,
    ) -> None:
        """A number or word that was recomputed, beside the one that is stored.

        Args:
            what: What it is.
            value: Recomputed.
            stored: What the mart says.
            place: Which one.
            size: Of the largest number that went into it: digits are lost by that where a small
                one is left of large ones.
            note: How.
            parts: What it was made of.
        """
        same = agree(value, stored, size)
        self.lines.append(Line(what, value, stored, place, same, parts, note))


@dataclass
class Trace:
    """One explanation.

    Attributes:
        subject: Who, when and by which model.
        read_from: Release or warehouse.
        steps: From raw figures to the class.
    """

    subject: dict[str, Any]
    read_from: str
    steps: list[Step] = field(default_factory=list)

    def step(self, title: str, tables: tuple[str, ...], origin: str) -> Step:
        """Add one."""
        self.steps.append(Step(title, tables, origin))
        return self.steps[-1]

    def compared(self) -> Iterator[Line]:
        """Lines with a recomputed and a stored value."""
        return (line for step in self.steps for line in step.lines if line.agrees is not None)

    @property
    def differing(self) -> list[Line]:
        """Lines whose recomputed value is not the stored one."""
        return [line for line in self.compared() if not line.agrees]

    def document(self) -> dict[str, Any]:
        """As JSON has it, unrounded."""
        said = asdict(self)
        compared = list(self.compared())
        said["compared"] = len(compared)
        said["differing"] = [line.what for line in self.differing]
        return said


def agree(value: Value, stored: Value, size: float = 0.0) -> bool:
    """Whether a recomputed value is the stored one."""
    if _is_number(value) and _is_number(stored):
        near = max(NEAR_ZERO, RELATIVE * abs(size))
        return math.isclose(value, stored, rel_tol=RELATIVE, abs_tol=near)  # type: ignore[arg-type]
    return value == stored


def _is_number(value: Value) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)
