"""What stored specifications rest on: figures, rows of the study, its choices, and code."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import pandas as pd

from trade_potential.row_sums import row_sums
from trade_potential.study_rows import rows_of_study

if TYPE_CHECKING:
    import duckdb

LIBRARY = Path(__file__).resolve().parents[1]

ENTRIES = {
    "log_gravity": ("multiverse/log_gravity.py", "multiverse/rows.py", "gravity/estimators.py"),
    "world": ("multiverse/world.py",),
}
"""Where the code of each kind begins; estimators are named in the registry and imported by name."""

CHOICES, STUDIES = "stg_multiverse__specification_choices", "stg_study__studies"

COLUMNS = ("study_id", "input_digest", "code_digest")

# dbt runs models in threads, and CPython 3.11 fails where two build trees at once.
_PARSING = Lock()


def digest_rows(
    *,
    log_gravity: Mapping[str, duckdb.DuckDBPyRelation],
    world: Mapping[str, duckdb.DuckDBPyRelation],
) -> pd.DataFrame:
    """``COLUMNS``: one row a study that has choices.

    Args:
        log_gravity: Tables by name that studies of one reporter rest on; of each the rows count
            that the study uses (``rows_of_study``).
        world: The same of studies of every reporter.
    """
    found = []
    for kind, tables in (("log_gravity", log_gravity), ("world", world)):
        is_own = "reporter_scope = 'one'" if kind == "log_gravity" else "reporter_scope <> 'one'"
        own = tables[STUDIES].filter(is_own).project("study_id").fetchall()
        chosen = set(tables[CHOICES].project("study_id").distinct().fetchall())
        found += [
            (study, _digest(rows_of_study(tables, study)), code(kind))
            for (study,) in own
            if (study,) in chosen
        ]
    return pd.DataFrame(sorted(found), columns=[*COLUMNS]).astype(dict.fromkeys(COLUMNS, "str"))


def _digest(tables: Mapping[str, duckdb.DuckDBPyRelation]) -> str:
    sums = [(name, *row_sums(table, [])[()]) for name, table in sorted(tables.items())]
    return hashlib.sha256(repr(sums).encode()).hexdigest()[:32]


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
    with _PARSING:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
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
