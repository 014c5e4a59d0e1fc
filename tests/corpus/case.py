"""One case of the corpus: a mutated file and what must become of it."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

ROOT = Path(__file__).resolve().parents[2]
Mutate = Callable[[bytes], bytes | None]
"""From the bytes of a file to those of the mutated one; None: the file is gone."""
Stage = Literal[
    "form", "staging", "gate", "loaded", "built", "contract", "rows", "stored", "command"
]
"""What judges a case: the check before the load, tests on staging, the gate; or, where a case is
harmless, the loaded tables or the marts; of Parquet the check of its contract, tests on staging or
the rows of staging; or the command line."""


@dataclass(frozen=True)
class Case:
    """One mutation of one file.

    Attributes:
        target: inputs/<seed>, study/<seed>, published/<seed>, `parquet inputs/<seed>` or the name
            of a command's file.
        kind: What is done to it.
        stage: Who judges it.
        change: Makes the mutated bytes.
        expected: Fragments of one line of the output that refuses the case; none: harmless.
        payload: Text that a harmless case adds to the marts.
        lost: Rows, from 0, that a harmless case of a command loses to the ledger.
        cell: Line and column, where one value is replaced: lines stay what they are, so that
            more of the kind fit into one build.
    """

    target: str
    kind: str
    stage: Stage
    change: Mutate = field(repr=False)
    expected: tuple[str, ...] = ()
    payload: str = ""
    lost: tuple[int, ...] = ()
    cell: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        return f"{self.target}: {self.kind}"

    @property
    def is_refused(self) -> bool:
        return bool(self.expected)


@dataclass(frozen=True)
class Seed:
    """A seed as it is: header, rows, declaration (an entry of the YAML beside it)."""

    target: str
    declaration: dict[str, Any] = field(repr=False)
    rows: list[list[str]] = field(repr=False)

    @property
    def types(self) -> dict[str, str]:
        return dict(self.declaration["config"]["column_types"])

    @property
    def may_be_empty(self) -> bool:
        return bool(self.declaration["config"]["meta"].get("may_be_empty"))

    @property
    def file(self) -> str:
        return f"seeds/{self.target}.csv"

    @property
    def header(self) -> list[str]:
        return list(self.types)

    def columns(self, *types: str) -> list[str]:
        return [column for column, of in self.types.items() if of in types]

    def random(self, kind: str, seed: int) -> random.Random:
        """Repeatable by target, kind and number, whatever other cases are drawn."""
        return random.Random(f"{seed} {self.target} {kind}")  # noqa: S311  no secret


def read_seeds() -> list[Seed]:
    """Every seed of the project."""
    seeds = []
    for path in sorted((ROOT / "seeds").glob("*/_*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]:
            target = f"{path.parent.name}/{entry['name']}"
            content = (ROOT / "seeds" / f"{target}.csv").read_text(encoding="utf-8")
            header, *rows = list(csv.reader(io.StringIO(content)))
            assert header == list(entry["config"]["column_types"]), target
            seeds.append(Seed(target, entry, rows))
    return seeds


def parsed(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def written(rows: list[list[str]], *, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=quoting).writerows(rows)
    return text.getvalue().encode()


def edited(edit: Callable[[list[list[str]]], None]) -> Mutate:
    """A mutation of the rows; row 0 is the header, so that line = row + 1."""

    def change(content: bytes) -> bytes:
        rows = parsed(content)
        edit(rows)
        return written(rows)

    return change


def with_cell(line: int, column: int, value: str) -> Mutate:
    """One value replaced."""

    def edit(rows: list[list[str]]) -> None:
        rows[line - 1][column] = value

    return edited(edit)
