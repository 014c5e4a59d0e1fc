"""Printed numbers of other people's studies beside what the command line gives; see README.md."""

from __future__ import annotations

import json
import math
import re
import tempfile
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
from tests.reference.peers.published import is_printed

from trade_potential.cli import main

HERE = Path(__file__).parent
SEPARATED = "separated"
"""A figure that stands for rows: those that a column of the data marks."""

KEY_OF_LOSS = re.compile(r"\((.*), .*\): ")
"""The entity in an entry of the ledger."""


@dataclass(frozen=True)
class Model:
    """One column of a printed table.

    Attributes:
        place: Where it stands in the source.
        rows: SQL of the rows that enter, from ``data``.
        arguments: Of ``trade-potential gravity``.
        printed: By figure the text of an estimate, or of an estimate and its standard error.
        transform: ``exp`` where exp(b) is printed.
        differs: By figure why ours is another.
        note: What a reader should know.
    """

    place: str
    rows: str
    arguments: str
    printed: dict[str, str]
    transform: str = ""
    differs: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Case:
    """A source with its models.

    Attributes:
        name, title, source: As cited.
        models: In order.
        data: File in the folder data, or ``package.module:function`` that makes a frame; empty
            where the data may not be passed on.
        data_source: Where they come from, and their licence.
        get: How to get them where they are not here.
    """

    name: str
    title: str
    source: str
    models: tuple[Model, ...]
    data: str = ""
    data_source: str = ""
    get: str = ""


@dataclass(frozen=True)
class Figure:
    """A printed number and ours.

    Attributes:
        name: Of ``Model.printed``, with ``s.e. of`` before it for standard errors.
        printed: The text.
        ours: The number; NaN without data.
        digits: Significant digits that agree, of those printed: all where ours rounds to the print.
        of: Significant digits printed.
        reason: Why ours is another, if it is known.
    """

    name: str
    printed: str
    ours: float
    digits: int
    of: int
    reason: str = ""

    @property
    def is_same(self) -> bool:
        """Whether ours, rounded, is the print."""
        return self.digits == self.of

    @classmethod
    def beside(cls, name: str, printed: str, ours: float, reason: str = "") -> Figure:
        """Compare a print with a number."""
        of = len(re.sub(r"\D", "", printed).lstrip("0")) or 1
        if is_printed(ours, printed):
            return cls(name, printed, ours, of, of)
        error = abs(ours / float(printed) - 1.0) if float(printed) else math.inf
        agree = math.floor(-math.log10(error)) if 0.0 < error < 1.0 else 0
        return cls(name, printed, ours, min(agree, of - 1), of, reason)


@cache
def cases() -> tuple[Case, ...]:
    """All that cases.toml declares.

    Raises:
        TypeError: A key is unknown or missing.
    """
    declared = tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8"))["case"]
    found = []
    for case in declared:
        models = tuple(Model(**model) for model in case.pop("model"))
        found.append(Case(**case, models=models))
    return tuple(found)


def open_data(case: Case, file: str = "") -> duckdb.DuckDBPyConnection:
    """A connection with the view ``data`` of a case, or of a file that a user has got."""
    connection = duckdb.connect(config={"threads": 1})
    if ":" in case.data and not file:
        module, name = case.data.split(":")
        connection.register("data", getattr(import_module(module), name)())
        return connection
    path = (file or str(HERE / "data" / case.data)).replace("'", "''")
    reader = "read_parquet" if path.endswith(".parquet") else "read_csv"
    connection.execute(f"create view data as from {reader}('{path}')")
    return connection


def estimate(connection: duckdb.DuckDBPyConnection, model: Model) -> dict[str, Any]:
    """The document of the command line for a model.

    Raises:
        ValueError: The command refuses.
    """
    with tempfile.TemporaryDirectory() as folder:
        rows, fit = Path(folder) / "rows.parquet", Path(folder) / "fit.json"
        connection.execute(f"copy ({model.rows}) to '{rows}' (format parquet)")
        settings = ["--format", "json", "--quiet", "--threads", "1", "--output", str(fit)]
        code = main(["gravity", str(rows), *model.arguments.split(), *settings])
        if not fit.exists():
            raise ValueError(f"{model.place}: exit {code}")
        found: dict[str, Any] = json.loads(fit.read_text(encoding="utf-8"))
    return found


def _value(document: dict[str, Any], name: str) -> float:
    """A number that is not a coefficient: of the document, its statistics or its tests."""
    test, _, part = name.partition(".")
    tests = {found["name"]: found for found in document["tests"]}
    value = document.get(name, document["statistics"].get(name))
    if test in tests:
        value = tests[test][part or "statistic"]
    return math.nan if value is None else float(value)


def _separated(
    connection: duckdb.DuckDBPyConnection, model: Model, column: str, document: dict[str, Any]
) -> Figure:
    """Rows that are marked, and those of ours; singletons, which go first, are in neither."""
    marked = connection.sql(model.rows).filter(f"{column} = 1").project("row").fetchall()
    lost: dict[str, set[int]] = {"separation": set(), "singleton": set()}
    for entry in document["ledger"]:
        key = KEY_OF_LOSS.search(entry["reason"])
        if entry["step"] in lost and key:
            lost[entry["step"]].add(int(key[1]))
    theirs, ours = {row for (row,) in marked} - lost["singleton"], lost["separation"]
    of = max(len(theirs), 1)
    digits = of - len(theirs ^ ours)
    return Figure("rows separated", str(len(theirs)), float(len(ours)), digits, of)


def figures(case: Case, model: Model, file: str = "") -> list[Figure]:
    """Every printed number of a model beside ours; without data, ours is NaN."""
    printed = {name: text.split() for name, text in model.printed.items()}
    if not (file or case.data):
        return [
            Figure(label, text, math.nan, 0, 1)
            for name, texts in printed.items()
            for label, text in zip((name, f"s.e. of {name}"), texts, strict=False)
        ]
    found = []
    with open_data(case, file) as connection:
        document = estimate(connection, model)
        coefficients = {row["term"]: row for row in document["coefficients"]}
        for name, texts in printed.items():
            if name == SEPARATED:
                found.append(_separated(connection, model, texts[0], document))
                continue
            row = coefficients.get(name)
            ours = [_value(document, name)] if row is None else [row["estimate"], row["std_error"]]
            if model.transform == "exp" and row is not None:
                ours = [math.exp(ours[0]), math.exp(ours[0]) * ours[1]]
            for label, text, value in zip((name, f"s.e. of {name}"), texts, ours, strict=False):
                found.append(Figure.beside(label, text, value, model.differs.get(label, "")))
    return found
