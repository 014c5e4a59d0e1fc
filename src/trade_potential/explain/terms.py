"""How variables become terms, as the marts of specifications write it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from trade_potential.explain.tables import Tables

TEXT = re.compile(
    r"(?P<sign>-?)(?:(?P<weight>[\d.]+) )?(?:(?P<transform>ln1p|ln)\()?(?P<side>reporter )?"
    r"(?P<variable>\w+)(?: at least (?P<floor>[-\d.e]+))?(?: / (?P<divisor>[\d.e+]+))?\)?"
)


@dataclass(frozen=True)
class Term:
    """One regressor, or one indicator of an index.

    Attributes:
        term: Its name.
        variable: What it is made of.
        transform: none, ln or ln1p.
        side: partner or reporter: whose figure.
        divisor, floor, sign: Of the variable before the transform; of the result.
        position: Its slot.
    """

    term: str
    variable: str
    transform: str
    side: str
    divisor: float
    floor: float | None
    sign: float
    position: int

    @property
    def formula(self) -> str:
        """In words."""
        inner = self.variable + (f" / {self.divisor:g}" if self.divisor != 1 else "")
        return inner if self.transform == "none" else f"{self.transform}({inner})"

    def of(self, value: float | None) -> float | None:
        """The term of a value; None where it has no logarithm."""
        if value is None:
            return None
        held = max(value, self.floor) if self.floor is not None else value
        if self.transform == "none":
            return self.sign * held / self.divisor
        if self.transform == "ln":
            return self.sign * math.log(held / self.divisor) if held > 0 else None
        return self.sign * math.log1p(held / self.divisor) if held > -1 else None


def parsed(text: str, term: str, position: int) -> Term | None:
    """A definition such as ``ln(population_persons / 10000)``; None if it is another."""
    found = TEXT.fullmatch(text)
    if found is None:
        return None
    return Term(
        term or found["variable"],
        found["variable"],
        found["transform"] or "none",
        "reporter" if found["side"] else "partner",
        float(found["divisor"] or 1),
        float(found["floor"]) if found["floor"] else None,
        -1.0 if found["sign"] else 1.0,
        position,
    )


def gravity_terms(tables: Tables, spec: str) -> list[Term]:
    """Regressors of a specification in order, by dim_specification."""
    row = tables.one("dim_specification", spec_id=spec)
    parts = [part.partition(" = ") for part in row["term_definitions"].split(", ")] if row else []
    found = [parsed(text, name, k) for k, (name, _, text) in enumerate(parts, start=1)]
    return [term for term in found if term]


def index_terms(tables: Tables, index_spec: str) -> list[Term]:
    """Indicators of an index in order, by dim_index_specification."""
    row = tables.one("dim_index_specification", index_spec_id=index_spec)
    parts = row["term_definitions"].split(", ") if row else []
    found = [parsed(text, "", k) for k, text in enumerate(parts, start=1)]
    return [term for term in found if term]
