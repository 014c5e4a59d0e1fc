"""The SQL macros that dbt renders in models, for tables outside dbt."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

FILES = ("origins.sql", "moments.sql", "sums.sql", "meat.sql", "scores.sql")


@cache
def macros() -> Any:
    """Every macro of sql/ as a function that returns SQL."""
    from jinja2 import Environment, StrictUndefined

    folder = files("trade_potential").joinpath("sql")
    text = "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in FILES)
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
    return environment.from_string(text).module


def quoted(name: str) -> str:
    """A name as an identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """A text in SQL, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


def as_pattern(path: Path) -> str:
    """A path as a pattern that fits nothing else: brackets keep *, ? and [ from meaning more."""
    return re.sub(r"([*?\[])", r"[\1]", str(path.absolute()))


def file_literal(path: Path) -> str:
    """The path of one file in SQL, whatever it holds."""
    return text_literal(as_pattern(path))


def double_literal(value: float) -> str:
    """A number in SQL. As a parameter it would make DuckDB import pandas, which takes a second."""
    return f"'{float(value)!r}'::double"
