"""From models to rows and cells, before any format."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from trade_potential.errors import InputError
from trade_potential.inference import CONSTANT
from trade_potential.inference.left_out import ABSORBED, OMITTED
from trade_potential.regression_table.cells import (
    EMPTY,
    NOT_AVAILABLE,
    Cell,
    Text,
    count,
    number_cell,
    probability,
)
from trade_potential.regression_table.model import (
    COVARIANCES,
    DISTRIBUTIONS,
    ESTIMATORS,
    OK,
    STATISTICS,
    TESTS,
    Coefficient,
    Model,
    legend,
    stars_of,
)

MOST_DIGITS = 10
LABEL = re.compile(r"[A-Za-z][A-Za-z0-9:._-]*")
"""What is the same in LaTeX's \\label and HTML's id, without escaping."""


@dataclass(frozen=True)
class Row:
    """A label and a cell for each model; coefficients have their standard errors below."""

    label: str
    cells: tuple[Cell, ...]
    below: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Table:
    """All that the formats print, in order.

    Attributes:
        caption, label: Title and anchor; may be empty.
        numbers, titles: Headings of the columns; titles are empty if no model has one.
        blocks: Rows between rules.
        notes: Sentences below the table.
        legend: Stars with their level.
        footnotes: Letters with their sentence.
    """

    caption: str
    label: str
    numbers: tuple[str, ...]
    titles: tuple[str, ...]
    blocks: tuple[tuple[Row, ...], ...]
    notes: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    footnotes: tuple[tuple[str, str], ...]

    def column(self, index: int) -> list[Cell]:
        """Cells of one model from top to bottom."""
        return [
            cells[index] for block in self.blocks for r in block for cells in rows_of(r) if cells
        ]


def rows_of(row: Row) -> tuple[tuple[Cell, ...], ...]:
    """One or two lines of cells."""
    return (row.cells, row.below) if row.below else (row.cells,)


def in_order(names: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """Each name once: the known ones in their order, then the others as they appear."""
    found = dict.fromkeys(names)
    return [*(n for n in known if n in found), *(n for n in found if n not in set(known))]


def words(status: str) -> str:
    """A status as words."""
    return status.replace("_", " ")


def capitalised(name: str) -> str:
    """With a capital, if the first letter is one of English; a name in Greek keeps its case."""
    return name[:1].upper() + name[1:] if name[:1].isascii() else name


def columns_with(values: Sequence[str]) -> list[tuple[str, str]]:
    """Each value, but the empty one, with its columns as text; no columns if all share it."""
    found = []
    for value in in_order(v for v in values if v):
        columns = [k for k, v in enumerate(values, start=1) if v == value]
        runs = [
            [k for _, k in run] for _, run in groupby(enumerate(columns), lambda p: p[1] - p[0])
        ]
        parts = (
            f"({r[0]}) to ({r[-1]})" if len(r) > 2 else ", ".join(f"({k})" for k in r) for r in runs
        )
        found.append((value, "" if len(columns) == len(values) else ", ".join(parts)))
    return found


def sentence(start: str, values: Sequence[str]) -> str:
    """What holds, and in which columns; empty if nothing is known."""
    parts = [f"{v} in {where}" if where else v for v, where in columns_with(values)]
    return f"{start} {'; '.join(parts)}." if parts else ""


def check(models: Sequence[Model], *, label: str, digits: int) -> None:
    """Refuse what cannot be a table, naming it."""
    if not models:
        raise InputError("a regression table needs at least one model")
    if not isinstance(digits, int) or not 0 <= digits <= MOST_DIGITS:
        raise InputError(f"digits: {digits} is not between 0 and {MOST_DIGITS}")
    if label and not LABEL.fullmatch(label):
        raise InputError(f"label: {label!r} is not a letter followed by letters, digits or :._-")
    for k, model in enumerate(models, start=1):
        counts = Counter(c.term for c in model.coefficients)
        twice = ", ".join(term for term, times in counts.items() if times > 1)
        if twice:
            raise InputError(f"model ({k}) {model.title}: terms more than once: {twice}")


def term_rows(models: Sequence[Model], labels: Mapping[str, str], digits: int) -> tuple[Row, ...]:
    """Coefficients with standard errors, the constant last."""
    names = in_order(c.term for m in models for c in m.coefficients)
    names.sort(key=lambda name: name == CONSTANT)
    rows = []
    for name in names:
        found = [next((c for c in m.coefficients if c.term == name), None) for m in models]
        pairs = [coefficient_cells(c, digits) for c in found]
        default = "Constant" if name == CONSTANT else name
        above, below = zip(*pairs, strict=True)
        shown = below if any(cell != EMPTY for cell in below) else ()
        rows.append(Row(labels.get(name, default), above, shown))
    return tuple(rows)


def coefficient_cells(found: Coefficient | None, digits: int) -> tuple[Cell, Cell]:
    """Estimate and standard error; a word if there is a status; nothing if not in the model."""
    if found is None:
        return EMPTY, EMPTY
    if found.status != OK:
        return Text(words(found.status)), EMPTY
    return (
        number_cell(found.estimate, digits=digits, stars=stars_of(found.p_value)),
        number_cell(found.std_error, digits=digits, in_brackets=True),
    )


def named_rows(
    mappings: Sequence[Mapping[str, float]],
    cell: Callable[[str, float], Cell],
    label: Callable[[str], str],
    known: Iterable[str] = (),
) -> tuple[Row, ...]:
    """One row for each name in any of the mappings."""
    names = in_order((n for m in mappings for n in m), known)
    return tuple(
        Row(label(n), tuple(cell(n, m[n]) if n in m else EMPTY for m in mappings)) for n in names
    )


def footnotes_of(models: Sequence[Model]) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """The letter of each model, empty if all is well, and the sentence of each letter."""
    keys = [(m.status, m.reason) if m.status != OK or m.reason else None for m in models]
    order = list(dict.fromkeys(key for key in keys if key))
    letters = {k: chr(ord("a") + i) if i < 26 else str(i + 1) for i, k in enumerate(order)}
    sentences = tuple(
        (letter, ": ".join(filter(None, [words(status) if status != OK else "", reason])))
        for (status, reason), letter in letters.items()
    )
    return [letters[key] if key else "" for key in keys], sentences


def build(
    models: Sequence[Model],
    *,
    caption: str = "",
    label: str = "",
    outcome: str = "",
    digits: int = 3,
    labels: Mapping[str, str] | None = None,
    entity: str = "partner",
    time: str = "year",
) -> Table:
    """Lay out the table; the arguments are those of ``render``.

    Raises:
        InputError: No models, a term twice in a model, or a bad label or number of digits.
    """
    check(models, label=label, digits=digits)
    marks, footnotes = footnotes_of(models)
    terms = term_rows(models, labels or {}, digits)
    covariances = [
        COVARIANCES.get(m.covariance, m.covariance).format(entity=entity, time=time)
        if m.covariance in COVARIANCES
        else m.covariance
        for m in models
    ]

    def statistic(name: str, value: float) -> Cell:
        return count(value) if name.startswith("n_") else number_cell(value, digits=digits)

    status = tuple(Text(words(m.status), mark) for m, mark in zip(models, marks, strict=True))
    blocks = [
        (Row("Status", status),) if footnotes else (),
        terms,
        named_rows(
            [m.effects for m in models],
            lambda _, value: Text("Yes" if value else "No"),
            lambda name: f"{capitalised(name)} effects",
        ),
        (
            Row("Estimator", tuple(Text(ESTIMATORS.get(m.estimator, m.estimator)) for m in models)),
            Row("Standard errors", tuple(map(Text, covariances))),
        ),
        named_rows(
            [m.statistics for m in models], statistic, lambda n: STATISTICS.get(n, n), STATISTICS
        ),
        named_rows(
            [m.tests for m in models],
            lambda _, value: probability(value, digits=digits),
            lambda name: f"{TESTS.get(name, name)} (p-value)",
            TESTS,
        ),
    ]
    fitted = [any(math.isfinite(c.estimate) for c in m.coefficients) for m in models]
    kinds = [kind if fit else "" for kind, fit in zip(covariances, fitted, strict=True)]
    distributions = [
        DISTRIBUTIONS.get(m.distribution, m.distribution) if fit else ""
        for m, fit in zip(models, fitted, strict=True)
    ]
    lines = [line for block in blocks for row in block for line in rows_of(row)]
    texts = {cell.text for line in lines for cell in line if isinstance(cell, Text)}
    said = {c.status for m in models for c in m.coefficients}
    notes = [
        f"Dependent variable: {outcome}." if outcome else "",
        sentence("Standard errors in parentheses:", kinds),
        sentence(
            "Small-sample correction:",
            [m.correction if fit else "" for m, fit in zip(models, fitted, strict=True)],
        ),
        sentence("Distribution of the p-values:", distributions),
        "Absorbed: the effects of the model leave no variation in the regressor."
        if ABSORBED in said
        else "",
        "Omitted: the regressor does not vary or is a linear combination of those before it."
        if OMITTED in said
        else "",
        f"{NOT_AVAILABLE} not available." if texts & {NOT_AVAILABLE, f"({NOT_AVAILABLE})"} else "",
    ]
    return Table(
        caption=caption,
        label=label,
        numbers=tuple(f"({k})" for k in range(1, len(models) + 1)),
        titles=tuple(m.title for m in models) if any(m.title for m in models) else (),
        blocks=tuple(block for block in blocks if block),
        notes=tuple(filter(None, notes)),
        legend=legend(),
        footnotes=footnotes,
    )
