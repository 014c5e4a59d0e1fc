"""What a stored track record rests on: figures up to a year, the rows of its study, and code."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import duckdb

LIBRARY = Path(__file__).resolve().parents[1]

ROOMS = {
    "world": ("inference", "structural", "track"),
    "chain": ("gravity", "index", "inference", "ppml", "results", "sql", "track"),
}
"""Rooms whose code the record of a kind of study comes from, beside the modules that stand alone."""

PACKAGES = ("duckdb",)
"""Whose versions decide what a digest is; of others only last digits depend."""

COLUMNS = ("study_id", "through_year", "input_digest", "code_digest")


def digest_rows(
    tables: Mapping[str, duckdb.DuckDBPyRelation],
    *,
    kinds: Mapping[str, str],
    reads: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """``COLUMNS``: one row a study and year up to which figures are read.

    A digest is that of all figures of its year and before; rows that have no year count in all.

    Args:
        tables: By name; those with a column year by year. Of those with a column study_id the rows
            of the study count.
        kinds: Of ``ROOMS``, by study.
        reads: Names of tables by kind.
    """
    sums = {name: _sums(table) for name, table in tables.items()}
    years = sorted({key[1] for held in sums.values() for key in held if key[1] is not None})
    found = []
    for study, kind in sorted(kinds.items()):
        own = {name: sums[name] for name in sorted(reads[kind])}
        held = hashlib.sha256(repr(_of(own, study, None)).encode())
        for year in years:
            held.update(repr((year, _of(own, study, year))).encode())
            found.append((study, year, held.hexdigest()[:32], code(kind)))
    frame = pd.DataFrame(found, columns=[*COLUMNS])
    return frame.astype({"through_year": "Int32"})


Sums = dict[tuple[str | None, int | None], tuple[int, int]]


def _sums(table: duckdb.DuckDBPyRelation) -> Sums:
    """Number of rows and sum of their hashes, by study and year where a table has them.

    Values are hashed as text: engines give the same figure in different types.
    """
    names = sorted(table.columns)
    by = {name: name if name in names else "null" for name in ("study_id", "year")}
    texts = ", ".join(f"coalesce(cast(\"{name}\" as varchar), '-')" for name in names)
    rows = table.aggregate(
        f"{by['study_id']}, {by['year']}, count(*), sum(hash(concat_ws(chr(31), {texts})))",
        ", ".join(name for name in by.values() if name != "null"),
    ).fetchall()
    return {(study, year): (count, int(total)) for study, year, count, total in rows}


def _of(sums: Mapping[str, Sums], study: str, year: int | None) -> list[tuple[str, int, int]]:
    """Counts and sums of a study and year, its own rows and those of none."""
    return [
        (name, *held[key])
        for name, held in sums.items()
        for key in ((None, year), (study, year))
        if key in held
    ]


@cache
def code(kind: str) -> str:
    """Digest of the code that the record of a kind of study comes from."""
    files = [path for room in ROOMS[kind] for path in (LIBRARY / room).rglob("*.*")]
    held = hashlib.sha256(repr([version(name) for name in PACKAGES]).encode())
    for path in sorted([*files, *LIBRARY.glob("*.py")]):
        if path.suffix in (".py", ".sql"):
            held.update(path.relative_to(LIBRARY).as_posix().encode())
            held.update(path.read_bytes())
    return held.hexdigest()[:32]
