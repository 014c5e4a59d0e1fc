"""What stored specifications rest on: figures, rows of the study, its choices, and code."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import duckdb

LIBRARY = Path(__file__).resolve().parents[1]

ENTRIES = {
    "log_gravity": ("multiverse/log_gravity.py", "multiverse/rows.py", "gravity/estimators.py"),
    "world": ("multiverse/world.py",),
}
"""Where the code of each kind begins; estimators are named in the registry and imported by name."""

CHOICES, STUDIES = "stg_multiverse__specification_choices", "stg_study__studies"

NO_NUMBER = ("file_name", "file_line", "description", "study_name", "spec_name", "reason", "source")
"""Columns on which no number rests."""

COLUMNS = ("study_id", "input_digest", "code_digest")


def digest_rows(
    *,
    log_gravity: Mapping[str, duckdb.DuckDBPyRelation],
    world: Mapping[str, duckdb.DuckDBPyRelation],
) -> pd.DataFrame:
    """``COLUMNS``: one row a study that has choices.

    Args:
        log_gravity: Tables by name that studies of one reporter rest on; of those with a column
            study_id the rows of the study count.
        world: The same of studies of every reporter.
    """
    found = []
    for kind, tables in (("log_gravity", log_gravity), ("world", world)):
        sums = {name: _sums(tables[name]) for name in sorted(tables)}
        is_own = "reporter_scope = 'one'" if kind == "log_gravity" else "reporter_scope <> 'one'"
        own = tables[STUDIES].filter(is_own).project("study_id").fetchall()
        found += [
            (study, hashlib.sha256(repr(_own(sums, study)).encode()).hexdigest()[:32], code(kind))
            for (study,) in own
            if study in sums[CHOICES]
        ]
    return pd.DataFrame(sorted(found), columns=[*COLUMNS]).astype(dict.fromkeys(COLUMNS, "str"))


Sums = dict[str | None, tuple[int, int]]


def _own(sums: Mapping[str, Sums], study: str) -> list[tuple[str, tuple[int, int] | None]]:
    return [
        (name, held.get(key)) for name, held in sums.items() for key in (None, study) if key in held
    ]


def _sums(table: duckdb.DuckDBPyRelation) -> Sums:
    """Number of rows and sum of their hashes, by study where a table has them.

    Values are hashed as text: engines give the same figure in different types.
    """
    names = sorted(set(table.columns) - set(NO_NUMBER))
    study = "study_id" if "study_id" in names else "null"
    texts = ", ".join(f"coalesce(cast(\"{name}\" as varchar), '-')" for name in names)
    rows = table.aggregate(
        f"{study}, count(*), sum(hash(concat_ws(chr(31), {texts})))",
        "study_id" if study != "null" else "",
    ).fetchall()
    return {key: (count, int(total or 0)) for key, count, total in rows}


@cache
def code(kind: str) -> str:
    """Digest of every module that the numbers come from, and of the SQL that they render."""
    held = hashlib.sha256()
    for path in sorted({*modules(kind), *LIBRARY.joinpath("sql").glob("*.sql")}):
        held.update(path.relative_to(LIBRARY).as_posix().encode())
        held.update(path.read_bytes())
    return held.hexdigest()[:32]


def modules(kind: str) -> set[Path]:
    """Files of ``ENTRIES`` of a kind and of all that they import, directly or not."""
    found: set[Path] = set()
    waiting = [LIBRARY / name for name in ENTRIES[kind]]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path)
    return found


def _imported(path: Path) -> Iterator[Path]:
    """Modules of the library that a module names in its imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        for name in names:
            root, *rest = name.split(".")
            if root == "trade_potential" and rest:
                stem = LIBRARY.joinpath(*rest)
                yield from (
                    p for p in (stem.with_suffix(".py"), stem / "__init__.py") if p.exists()
                )
